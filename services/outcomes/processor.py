"""Translates between the Faust worker and the join: events and state bytes in, state bytes and records out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.consent import ALLOWED, Consent
from services.common.metrics import METRICS
from services.common.token import TokenKeys
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.outcomes import join, pending_event
from services.outcomes.inputs import read
from services.outcomes.settle import Outcome
from services.outcomes.state import EMPTY, UserState, pack, unpack
from services.outcomes.timers import Timers
from services.outcomes.token_rules import UNMATCHED
from services.wire.codec.decode_or_dead_letter import dead_letter_of
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Envelope, Record
from services.wire.faust.processor import StateUpdate

SOURCE: Final = "adloom/outcomes"

GRACE_MS: Final = 1_000
"""The allowance for a broker's clock behind ours, and for the time from the append of a record to its visibility."""

DUE_AT_ONCE: Final = 500
"""The most users closed in one step, so that events do not wait long for timers."""


@dataclass(slots=True)
class OutcomesProcessor:
    """The `Processor` of the worker `outcomes` (`services.wire.faust.processor`).

    It keeps only timers, which `restore` sets again; everything else is in the users' states.
    """

    keys: Callable[[], TokenKeys]  # returns the current keys
    window_ms: int
    burst: int = BURST_PER_MINUTE  # more clicks, or orders, in one minute are a script's
    consent: Consent = ALLOWED  # of shoppers whose messages do not say what they allow
    _timers: dict[int, Timers] = field(default_factory=lambda: defaultdict(Timers))

    def restore(self, partition: int, states: Iterable[tuple[str, bytes]]) -> None:
        """Sets the timers of all states of the partition, which is ours now."""
        self._timers[partition] = timers = Timers()
        for user, state in states:
            timers.put(user, self._due_ms(unpack(state)))

    def release(self, partition: int) -> None:
        """Drops the timers of the partition, which is not ours any more."""
        self._timers.pop(partition, None)

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Users with a window that closes, or an entry that is dropped, by `watermark_ms`."""
        return self._timers[partition].take(watermark_ms, DUE_AT_ONCE)

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """The user's state after `events` and after all windows that end by `watermark_ms`, with their outcomes."""
        now, keys = EMPTY if state is None else unpack(state), self.keys()
        outcomes: list[Outcome] = []
        refused: list[tuple[Envelope, str]] = []
        fates: Counter[tuple[str, str]] = Counter()
        for event in events:
            step = join.apply(now, read(event, keys, self.consent), self.window_ms, self.burst)
            now = step.state
            outcomes += step.outcomes
            fates[event.topic, step.fate] += 1
            if step.refused:
                refused.append((event, step.refused))
        letters: list[Record] = []
        due_ms = self._due_ms(now)
        if due_ms is not None and due_ms <= watermark_ms:
            closed = join.close(now, watermark_ms - GRACE_MS, self.window_ms)
            now, due_ms = closed.state, self._due_ms(closed.state)
            outcomes += closed.outcomes
            letters += map(_letter, closed.unmatched)
        self._timers[partition].put(user, due_ms)
        _count(outcomes, fates)
        left = None if now.is_empty() else pack(now)
        return StateUpdate(left, (*map(_record, outcomes), *letters), refused=refused, fates=fates)

    def publish(self, rows: Sequence[object]) -> None:
        """Does nothing: outcomes go to their topic only, as records."""

    def check_store(self) -> None:
        """Does nothing: there is no outside store to check."""

    def _due_ms(self, state: UserState) -> int | None:
        due_ms = join.due_ms(state, self.window_ms)
        return None if due_ms is None else due_ms + GRACE_MS


def _record(outcome: Outcome) -> Record:
    """The record of an outcome. The final outcome at the close of the window has an event id of its own."""
    event_id = f"{outcome.outcome_id}{':closed' if outcome.window_closed else ''}"
    settled_at = outcome.settled_at.ToDatetime(tzinfo=UTC)
    return encode(outcome, event_id=event_id, source=SOURCE, time=settled_at, key=outcome.user_id.encode())


def _letter(unmatched: bytes) -> Record:
    return dead_letter_of(pending_event.unpack(unmatched), UNMATCHED).record


def _count(outcomes: Iterable[Outcome], fates: Counter[tuple[str, str]]) -> None:
    """Counts what was sent; a repeat after a crash counts again."""
    for kind, count in Counter(outcome.kind for outcome in outcomes).items():
        METRICS.outcomes.labels(outcome_pb2.OutcomeKind.Name(kind)).inc(count)
    late = fates["ad.clicks", join.LATE]
    if late:
        METRICS.late_clicks.inc(late)
