"""Applies events to a shopper's state. Pure, except that it changes the state that it is given.

The resulting state depends on the set of events, not on how topics interleave, nor on redelivery. That holds for the
mark of a burst too: it is set where more than `burst` events of one kind have the same minute as their own time, and a
minute is dropped only when no event of that minute can be accepted any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.catalogue.facts import ProductLookup
from services.common.clock import to_ms
from services.features.profile import Interaction, apply_all, micros, with_burst
from services.profiles.interaction import interaction_of
from services.profiles.state import State
from services.wire.codec.envelope import Envelope
from services.wire.codec.rules import LATENESS
from services.wire.faust.deduplicator import TOO_MANY, TOO_OLD, Fate

INVALID_TRAFFIC = "invalid_traffic"

REASONS = {Fate.REFUSED: TOO_MANY, Fate.TOO_OLD: TOO_OLD}
"""Why a dead letter was made of an event, by fate."""

_MINUTE_US = 60_000_000
_MINUTES_KEPT = LATENESS.total_seconds() // 60 + 1

Fates = Counter[tuple[str, str]]
Refused = list[tuple[Envelope, str]]


def apply_events(
    state: State, events: Sequence[Envelope], lookup: ProductLookup, burst: int, watermark_ms: int
) -> tuple[Fates, Refused]:
    """Applies `events` to `state`; returns their number by topic and fate, and the events for the dead letters.

    Every event that was first appended up to `watermark_ms` has been given to an earlier call.
    """
    fates: Fates = Counter()
    refused: Refused = []
    applied: list[Interaction] = []
    burst_us = 0
    for envelope in events:
        fate = state.deduplicator.admit(envelope, watermark_ms)
        if fate in REASONS:
            refused.append((envelope, REASONS[fate]))
            continue
        if fate is not Fate.APPLIED:
            fates[envelope.topic, fate.value] += 1
            continue
        event = interaction_of(envelope)
        applied.append(event)
        state.appended_us = max(state.appended_us, micros(envelope.appended_at))
        minute_us = _count_minute(state, envelope, event, burst, watermark_ms)
        burst_us = max(burst_us, minute_us)
        fates[envelope.topic, INVALID_TRAFFIC if event.by_bot or minute_us else fate.value] += 1
    if applied:
        state.profile = with_burst(apply_all(state.profile, applied, lookup), burst_us)
    return fates, refused


def _count_minute(state: State, envelope: Envelope, event: Interaction, burst: int, watermark_ms: int) -> int:
    """Counts the event in its minute. Returns the minute's start once it has more than `burst` events, else 0."""
    minutes = state.minutes.setdefault(envelope.topic, {})
    oldest = min(to_ms(envelope.appended_at), watermark_ms) // 60_000 - _MINUTES_KEPT
    if minutes and next(iter(minutes)) < oldest:
        state.minutes[envelope.topic] = minutes = {m: n for m, n in minutes.items() if m >= oldest}
    minute = event.time_us // _MINUTE_US
    minutes[minute] = minutes.get(minute, 0) + 1
    return minute * _MINUTE_US if minutes[minute] > burst else 0
