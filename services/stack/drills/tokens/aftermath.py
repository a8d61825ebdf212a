"""What became of clicks: outcomes and dead letters by the click's own id, and the worker's counts by reason."""

from __future__ import annotations

import json
import re
import urllib.request
from collections import Counter
from dataclasses import dataclass

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.topics import DEADLETTER, OUTCOMES
from services.stack.home import Home
from services.wire.decode import decode
from services.wire.kafka_reader import read_to_end

_SAMPLE = re.compile(r'adloom_(dead_letters|events)_total\{(\w+)="([^"]*)",topic="ad\.clicks"\} (\S+)')
_SAMPLE_TURNED = re.compile(r'adloom_(dead_letters|events)_total\{topic="ad\.clicks",(\w+)="([^"]*)"\} (\S+)')


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the topics say now."""

    clicked: Counter[str]  # outcomes CLICKED by impression, copies of an outcome counted once
    reasons: dict[str, str]  # of dead letters, by event id


def aftermath(kafka: str) -> Aftermath:
    """Reads the topics to their ends; raises `Unavailable`."""
    outcomes: dict[str, str] = {}
    for raw in read_to_end(kafka, OUTCOMES):
        outcome = decode(raw).message
        assert isinstance(outcome, outcome_pb2.Outcome)
        if outcome.kind == outcome_pb2.CLICKED:
            outcomes[outcome.outcome_id] = outcome.impression_id
    reasons = {}
    for raw in read_to_end(kafka, DEADLETTER):
        headers = {name: (value or b"").decode() for name, value in raw.headers}
        reasons[headers["ce_id"]] = headers["adloom_reason"]
    return Aftermath(Counter(outcomes.values()), reasons)


def counted(home: Home, process: str) -> dict[str, int]:
    """The process's own counts of clicks: dead letters by reason, events by fate."""
    port = json.loads((home.run / "ports.json").read_text())[f"health_{process}"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found = [match for line in lines if (match := _SAMPLE.match(line) or _SAMPLE_TURNED.match(line))]
    return {match[3]: round(float(match[4])) for match in found}
