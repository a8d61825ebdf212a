"""Finds a decision record on its topic, and replays the decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from google.protobuf.message import Message

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Misconfigured, Rejected
from services.common.topics import IMPRESSIONS
from services.policies.replay import replay
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import read_to_end


def find_decision(kafka: str, impression_id: str) -> Impression:
    """The first record of that impression; `Misconfigured` where the topic has none."""
    found = first_of(read_to_end(kafka, IMPRESSIONS), impression_id)
    if found is None:
        raise Misconfigured(f"impression_id: {impression_id!r} where an impression on {IMPRESSIONS} was expected")
    return found


def first_of(raws: Iterable[RawRecord], impression_id: str) -> Impression | None:
    """The first of `raws` that is a record of that impression; other records are skipped."""
    wanted = impression_id.encode()
    for raw in raws:
        if raw.value and wanted in raw.value:  # searching the bytes is much faster than decoding all records
            message = _decoded(raw)
            if isinstance(message, Impression) and message.impression_id == impression_id:
                return message
    return None


def _decoded(raw: RawRecord) -> Message | None:
    """The message; None where it cannot be decoded."""
    try:
        return decode(raw).message
    except Rejected:
        return None


def replayed(record: Impression) -> dict[str, Any]:
    """`{"same":, "creative_id":, "propensity":}` of the replayed decision."""
    return asdict(replay(record))
