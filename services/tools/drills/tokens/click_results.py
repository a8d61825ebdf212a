"""The results of clicks: outcomes, dead letters by the click's event id, and the worker's counts by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.topics import CLICKS, DEADLETTER, OUTCOMES
from services.tools.stack.health_endpoint import health_endpoint
from services.tools.stack.state_dir import StateDir
from services.wire.codec.deadletter import read_origin
from services.wire.codec.decode import decode
from services.wire.kafka.reader import read_to_end

_COUNTS = {"adloom_dead_letters_total": "reason", "adloom_events_total": "fate"}
"""The label that distinguishes clicks, by metric."""


@dataclass(frozen=True, slots=True)
class ClickResults:
    """The results on the topics now."""

    clicked: Counter[str]  # outcomes CLICKED by impression, copies of an outcome counted once
    reasons: dict[str, str]  # of dead letters, by event id


def click_results(kafka: str) -> ClickResults:
    """Reads the topics to their ends; raises `Unavailable`."""
    outcomes: dict[str, str] = {}
    for raw in read_to_end(kafka, OUTCOMES):
        outcome = decode(raw).message
        assert isinstance(outcome, outcome_pb2.Outcome)
        if outcome.kind == outcome_pb2.CLICKED:
            outcomes[outcome.outcome_id] = outcome.impression_id
    sent = {(raw.partition, raw.offset): dict(raw.headers).get("ce_id") for raw in read_to_end(kafka, CLICKS)}
    reasons = {}
    # by position: a letter that may name a person keeps no id, and a forged token may look like an address
    for origin in map(read_origin, read_to_end(kafka, DEADLETTER)):
        event_id = sent.get((origin.partition, origin.offset)) if origin.topic == CLICKS else None
        if event_id is not None:
            reasons[event_id.decode()] = origin.reason
    return ClickResults(Counter(outcomes.values()), reasons)


def counted(state_dir: StateDir, process: str) -> dict[str, int]:
    """The process's counts of clicks: dead letters by reason, events by fate; raises `Unavailable`."""
    endpoint = health_endpoint(state_dir, process)
    assert endpoint is not None
    mine = [sample for sample in endpoint.samples() if sample.name in _COUNTS and sample.labels["topic"] == CLICKS]
    return {sample.labels[_COUNTS[sample.name]]: round(sample.value) for sample in mine}
