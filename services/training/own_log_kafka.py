"""Reads the deployment's own log from Kafka: outcomes first, so that decisions can be joined as they pass."""

from __future__ import annotations

from collections.abc import Iterator

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from protos.gen.adloom.events.v1.outcome_pb2 import Outcome
from services.common.errors import Rejected
from services.common.topics import IMPRESSIONS, OUTCOMES
from services.training.own_log import OwnRows, endings, joined
from services.wire.codec.decode import decode
from services.wire.kafka.reader import read_to_end


def own_log(bootstrap: str, test_share: float, text_encoder: str) -> OwnRows:
    """The rows of all that the topics hold now; raises `Unavailable` where no broker answers."""
    ended = endings(message for message in _messages(bootstrap, OUTCOMES) if isinstance(message, Outcome))
    decisions = (message for message in _messages(bootstrap, IMPRESSIONS) if isinstance(message, Impression))
    return joined(decisions, ended, test_share, text_encoder)


def _messages(bootstrap: str, topic: str) -> Iterator[object]:
    """All messages; what cannot be decoded has become a dead letter where it was first read."""
    for raw in read_to_end(bootstrap, topic):
        try:
            yield decode(raw).message
        except Rejected:
            continue
