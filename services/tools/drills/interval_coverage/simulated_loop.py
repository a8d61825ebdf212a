"""The loop from decision to report on one thread, over simulated time: every step is the product's own function.

A visitor comes every `PACE_S`, sees one ad, and may click a little later. The join closes windows, evaluation counts
and publishes, and the next decisions use the new posterior. The true click probability of each impression is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2, policy_pb2
from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.common.topics import CLICKS, IMPRESSIONS, OUTCOMES
from services.evaluation import posterior, report
from services.evaluation.counting import count, decode_all
from services.evaluation.outcome_tally import OutcomeTally, merged
from services.evaluation.store import EvaluationStore
from services.outcomes.processor import GRACE_MS, OutcomesProcessor
from services.policies.assignment import assign
from services.policies.decide import decide
from services.policies.draw import seed_for
from services.policies.posterior import PRIOR, Posterior
from services.policies.posterior_codec import posterior_of
from services.simulator.shoppers.visits import click_delay_s
from services.tools.drills.interval_coverage.known_rates import World
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Envelope, RawRecord, Record

PACE_S: Final = 0.1
WINDOW_S: Final = 30.0
PLACEMENT: Final = "product-side"
_START: Final = datetime(2026, 3, 2, tzinfo=UTC)
_KEY: Final = b"drill of judgement"
_TOKENS: Final = TokenKeys("1", {"1": b"drill of judgement"})


@dataclass(frozen=True, slots=True)
class Shown:
    """The truth about one impression."""

    policy: str
    probability: float  # of a click


@dataclass(slots=True)
class RunRecord:
    """The state of a run after a batch: evaluation's report, and the truth."""

    report: policy_pb2.Report
    settled: OutcomeTally  # of all outcomes so far, open windows included: gives the biased rate
    shown: dict[str, Shown]  # by impression id, of all so far
    closed: set[str]  # impressions whose window has closed
    settled_ids: set[str]


@dataclass(slots=True)
class _Shopper:
    state: bytes | None = None
    waiting: list[Envelope] = field(default_factory=list)  # appended at later times


class SimulatedLoop:
    """One run; `folder` holds the evaluation store."""

    def __init__(self, world: World, seed: int, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._world = world
        self._chance = np.random.Generator(np.random.Philox(key=np.array([seed, 77], dtype=np.uint64)))
        self._name = f"judgement-{seed}"
        self._processor = OutcomesProcessor(lambda: _TOKENS, round(WINDOW_S * 1000))
        self._store = EvaluationStore(folder / "evaluation.sqlite")
        self._tallies: dict[int, OutcomeTally] = {}
        self._offsets = {IMPRESSIONS: 0, OUTCOMES: 0}
        self._users: dict[str, _Shopper] = {}
        self._version: policy_pb2.PolicyVersion | None = None
        self._shown: dict[str, Shown] = {}
        self._newest: dict[str, outcome_pb2.Outcome] = {}  # newest outcome by impression
        self._number = 0

    def close(self) -> None:
        """Closes the evaluation store."""
        self._store.close()

    def play(self, visitors: int, batch: int) -> Iterator[RunRecord]:
        """Simulates visitors; yields the state after each batch."""
        for _ in range(0, visitors, batch):
            believed = posterior_of(self._version) if self._version else PRIOR
            shown = [self._visit(believed) for _ in range(batch)]
            yield self._look(shown)

    def _visit(self, believed: Posterior) -> Record:
        """One visitor; returns the decision record."""
        number, at = self._number, self._now()
        self._number += 1
        user, moment = f"u1-{number:032x}", int(self._chance.integers(len(self._world.truth)))
        policy = assign(user, self._name)
        seed = seed_for(_KEY, f"{self._name}-{number}", PLACEMENT, 0)
        decision = decide(self._world.arms(moment, believed), policy, believed.version, seed)
        assert decision.arms.scores is not None
        record = impression_pb2.Impression(
            impression_id=f"i-{number:032x}",
            user_id=user,
            policy_id=policy,
            policy_version=believed.version,
            creative_id=decision.creative_id,
            placement_id=PLACEMENT,
            propensity=decision.propensity,
            target_propensities=decision.target_propensities,
            candidates=[decision.creative_id],  # of all logged candidates, the join needs only this one
            scores=[decision.arms.scores[decision.index]],
        )
        probability = float(self._world.truth[moment, decision.index])
        self._shown[record.impression_id] = Shown(policy, probability)
        events = [_envelope(IMPRESSIONS, at, number, record)]
        if self._chance.random() < probability:
            events.append(self._click(record, at, number))
        self._users[user] = _Shopper(waiting=events)
        return encode(record, event_id=record.impression_id, source="drill", time=at, key=user.encode())

    def _click(self, shown: impression_pb2.Impression, at: datetime, number: int) -> Envelope:
        token = Token(
            shown.impression_id, shown.user_id, shown.creative_id, "p", shown.propensity, PLACEMENT, 0, to_ms(at)
        )
        click = events_pb2.Click(user_id=shown.user_id, product_id="p", impression_token=_TOKENS.sign(token))
        return _envelope(CLICKS, at + timedelta(seconds=click_delay_s(self._chance)), number, click)

    def _now(self) -> datetime:
        return _START + timedelta(seconds=PACE_S * self._number)

    def _look(self, shown: Sequence[Record]) -> RunRecord:
        """Joins, counts and publishes everything that was appended by now."""
        now = self._now()
        self._count(shown, now)
        self._count(list(self._joined(now)), now)
        total, offsets = merged(self._tallies.values()), {0: self._offsets[OUTCOMES]}
        self._version = posterior.next_version(total, self._version, offsets, now) or self._version
        naive = OutcomeTally()
        for outcome in self._newest.values():
            naive.add_closed(outcome)
        closed = {key for key, outcome in self._newest.items() if outcome.window_closed}
        return RunRecord(report.live(total, offsets, now), naive, dict(self._shown), closed, set(self._newest))

    def _joined(self, now: datetime) -> Iterator[Record]:
        """The join's outcomes: first of appended events, then of closed windows."""
        now_ms = to_ms(now)
        for user, shopper in self._users.items():
            ready = [event for event in shopper.waiting if event.appended_at <= now]
            if ready:
                shopper.waiting = shopper.waiting[len(ready) :]
                yield from self._advance(user, ready, now_ms)
        while due_users := self._processor.due_users(0, now_ms + GRACE_MS):
            for user in due_users:
                yield from self._advance(user, [], now_ms + GRACE_MS)

    def _advance(self, user: str, events: Sequence[Envelope], watermark_ms: int) -> Sequence[Record]:
        shopper = self._users[user]
        made = self._processor.advance(user, 0, shopper.state, events, watermark_ms)
        shopper.state = made.state
        return made.records

    def _count(self, records: Sequence[Record], now: datetime) -> None:
        raws = [self._appended(record, now) for record in records]
        events, _ = decode_all(raws)
        for event in events:
            if isinstance(event.message, outcome_pb2.Outcome):
                self._newest[event.message.impression_id] = event.message
        positions = {(topic, 0): offset for topic, offset in self._offsets.items()}
        count(self._store, self._tallies, events, positions)

    def _appended(self, record: Record, now: datetime) -> RawRecord:
        offset = self._offsets[record.topic]
        self._offsets[record.topic] += 1
        return RawRecord(record.topic, 0, offset, to_ms(now), record.key, record.value, record.headers)


def played(world: World, seed: int, folder: Path, visitors: int, batch: int) -> Iterator[RunRecord]:
    """The states of one run after each batch."""
    with closing(SimulatedLoop(world, seed, folder)) as loop:
        yield from loop.play(visitors, batch)


def _envelope(topic: str, at: datetime, number: int, message: impression_pb2.Impression | events_pb2.Click) -> Envelope:
    user = message.user_id.encode()
    return Envelope(f"{topic}-{number}", "drill", message.DESCRIPTOR.full_name, at, topic, 0, number, at, user, message)
