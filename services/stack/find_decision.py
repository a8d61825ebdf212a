"""A decision's record, found on its topic, and made again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Misconfigured
from services.common.topics import IMPRESSIONS
from services.policies.replay import replay
from services.wire.decode import decode
from services.wire.kafka_reader import read_to_end


def find_decision(kafka: str, impression_id: str) -> Impression:
    """The first record of that impression; `Misconfigured` where the topic has none."""
    wanted = impression_id.encode()
    for raw in read_to_end(kafka, IMPRESSIONS):
        if raw.value and wanted in raw.value:  # a search in the bytes is far quicker than decoding them all
            message = decode(raw).message
            if isinstance(message, Impression) and message.impression_id == impression_id:
                return message
    raise Misconfigured(f"impression_id: {impression_id!r} where an impression on {IMPRESSIONS} was expected")


def replayed(record: Impression) -> dict[str, Any]:
    """`{"same":, "creative_id":, "propensity":}` of the decision made again."""
    return asdict(replay(record))
