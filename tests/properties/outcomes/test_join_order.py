"""Whatever order topics are read in, whatever is read twice, the outcomes are those of a plain oracle."""

from __future__ import annotations

import random

import pytest

from protos.gen.adloom.events.v1 import outcome_pb2
from services.outcomes import join
from services.outcomes.inputs import read
from services.outcomes.state import EMPTY, pack, unpack
from tests.properties.outcomes.histories import (
    BURST,
    DAY_MS,
    KEYS,
    START,
    TOPICS,
    WINDOW_MS,
    Appended,
    envelope,
    expected_of,
    final,
    history,
)


class Reader:
    """Reads the logs in a random order, crashes, reads again, and lets windows close whenever the watermark allows."""

    def __init__(self, logs: dict[str, list[Appended]], chance: random.Random) -> None:
        self.logs, self.chance = logs, chance
        self.base_ms = int(START.timestamp() * 1000)
        self.next = dict.fromkeys(TOPICS, 0)
        self.state = pack(EMPTY)
        self.saved = [(dict(self.next), self.state)]
        self.now_ms = self.watermark = 0
        self.emitted: list[outcome_pb2.Outcome] = []
        self.refused: dict[tuple[str, int, int], str] = {}
        self.unmatched: list[bytes] = []

    def run(self) -> None:
        end_ms = 3 * DAY_MS
        while self.now_ms < end_ms:
            self.now_ms = min(end_ms, self.now_ms + self.chance.choice([0, 1_000, 300_000, 3_600_000, DAY_MS]))
            self._read_some()
            if self.chance.random() < 0.5:
                self._close()
            self._crash_or_save()
        for topic in TOPICS:
            self._read(topic, len(self.logs[topic]))
        self._close()

    def _visible(self, topic: str) -> int:
        return sum(m.at_ms <= self.now_ms for m in self.logs[topic])

    def _read_some(self) -> None:
        for topic in self.chance.sample(TOPICS, k=self.chance.randint(1, 3)):
            self._read(topic, min(self._visible(topic), self.next[topic] + self.chance.randint(0, 4)))

    def _read(self, topic: str, to: int) -> None:
        state = unpack(self.state)
        for offset in range(self.next[topic], to):
            step = join.apply(state, read(envelope(self.logs[topic][offset], offset), KEYS), WINDOW_MS, BURST)
            state = step.state
            self.emitted += step.outcomes
            if step.refused:
                self.refused[topic, 0, offset] = step.refused
        self.next[topic], self.state = to, pack(state)

    def _close(self) -> None:
        self.watermark = max(self.watermark, min(map(self._stands_at, TOPICS)))
        step = join.close(unpack(self.state), self.watermark, WINDOW_MS)
        self.emitted += step.outcomes
        self.unmatched += step.unmatched
        self.state = pack(step.state)
        due = join.due_ms(step.state, WINDOW_MS)
        assert due is None or due > self.watermark, "what is due must be done"

    def _stands_at(self, topic: str) -> int:
        """All that was appended up to this moment has been read; the next message may share the last one's."""
        position = self.next[topic]
        if position >= self._visible(topic):
            return self.base_ms + self.now_ms
        return self.logs[topic][position - 1].at_ms + self.base_ms - 1 if position else 0

    def _crash_or_save(self) -> None:
        """A crash brings back a state with its own offsets, or offsets that are older than the state."""
        if self.chance.random() < 0.2:
            del self.saved[max(1, len(self.saved) - self.chance.randint(0, 2)) :]  # what was saved last may be lost
            offsets, state = self.saved[-1]
            self.next = dict(offsets)
            if self.chance.random() < 0.5:
                self.state = state
                self.watermark = 0
        else:
            self.saved.append((dict(self.next), self.state))


@pytest.mark.parametrize("seed", range(300))
def test_outcomes_and_refusals_do_not_depend_on_how_topics_interleave(seed: int) -> None:
    chance = random.Random(seed)
    logs = history(chance)
    told = expected_of(logs)
    for _ in range(4):
        reader = Reader(logs, chance)
        reader.run()
        assert final(reader.emitted) == told.outcomes
        assert reader.refused == told.letters
        assert unpack(reader.state).is_empty(), "after two days nothing is left to remember"


def test_the_histories_hold_bursts_that_nothing_else_marks() -> None:
    told = [expected_of(history(random.Random(seed))).outcomes.values() for seed in range(300)]
    assert sum(any(row["invalid_traffic"] == "rate" for row in rows) for rows in told) > 30
