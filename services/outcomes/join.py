"""Joins the events of one shopper into outcomes, pure: the result does not depend on how the topics interleave.

`apply` takes one event, `close` takes the watermark. Both return the next state and the outcomes to be emitted.
Emitting an outcome again is harmless (`outcome_id` is its identity). So a message that is read twice emits its outcomes
again and changes nothing else: the crash before its redelivery may have come between two writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from services.features.invalid_traffic import BOT, BURST_PER_MINUTE, RATE
from services.outcomes import burst_detection, invalid_hours, limits, naming, renders
from services.outcomes.attribution import is_attributable, is_closed, window_end_ms
from services.outcomes.inputs import ImpressionRead, JoinInput, RenderRead, TokenEventRead
from services.outcomes.settle import Outcome, click_outcome, order_outcome, outcomes_of
from services.outcomes.state import ImpressionState, TokenEvent, UserState
from services.outcomes.token_rules import USED

APPLIED: Final = "applied"
DUPLICATE: Final = "duplicate"  # read before; its outcomes are emitted again
LATE: Final = "late"  # a click after its window, or after the final outcome
OUTSIDE_ADS: Final = "outside_ads"  # a click or order that names no impression
REFUSED: Final = "refused"  # a dead letter


@dataclass(frozen=True, slots=True)
class JoinStep:
    """The next state, the outcomes to be emitted before it is written, and the event's `fate`: how it was handled."""

    state: UserState
    outcomes: tuple[Outcome, ...] = ()
    fate: str = APPLIED  # one of the words above; a label of the metrics
    refused: str = ""  # why the event goes to the dead letters
    unmatched: tuple[bytes, ...] = ()  # messages without an impression, packed by `pending_event.py`


def apply(state: UserState, join_input: JoinInput, window_ms: int, burst: int = BURST_PER_MINUTE) -> JoinStep:
    """The state after one message of this shopper.

    `window_ms` is the attribution window; more than `burst` clicks or orders in one minute are a script's.
    """
    if isinstance(join_input, ImpressionRead):
        step = _on_impression(state, join_input, window_ms)
    elif isinstance(join_input, RenderRead):
        step = _on_render(state, join_input, window_ms)
    else:
        named = state.named_by(join_input.event, join_input.is_order)
        step = _on_token_event(_count_traffic(state, join_input, burst), join_input, named, window_ms)
    position = join_input.position
    return replace(step, state=step.state.after(position.topic, position.partition, position.offset))


def close(state: UserState, watermark_ms: int, window_ms: int) -> JoinStep:
    """The state when everything appended up to `watermark_ms` has been read: closes windows and drops old entries."""
    shown = dict(state.shown)
    closing = [key for key, s in shown.items() if not s.closed and is_closed(s.shown_ms, window_ms, watermark_ms)]
    for key in closing:
        end_ms = window_end_ms(shown[key].shown_ms, window_ms)
        shown[key] = replace(shown[key], closed=True, invalid_traffic=_invalid(state, shown[key].shown_ms, end_ms))
    state = replace(state, shown=shown)
    outcomes = tuple(outcome for key in closing for outcome in _outcomes(state, key, window_ms))
    unmatched = tuple(event.raw for _, event in _token_events(state) if event.raw and event.until_ms <= watermark_ms)
    return JoinStep(_forgotten(state, watermark_ms), outcomes, unmatched=unmatched)


def due_ms(state: UserState, window_ms: int) -> int | None:
    """The watermark at which `close` next has something to do; None where it never has."""
    windows = [window_end_ms(s.shown_ms, window_ms) for s in state.shown.values() if not s.closed]
    shown = (s.until_ms for s in state.shown.values())
    kept = (_kept_until_ms(state, key, token_event) for key, token_event in _token_events(state))
    marks = () if windows else (invalid_hours.needed_until_ms(hour) for hour in (*state.bot_ms, *state.burst_ms))
    return min((*windows, *shown, *kept, *marks, *burst_detection.forgotten_at_ms(state.minutes)), default=None)


def _invalid(state: UserState, shown_ms: int, end_ms: int) -> str:
    """Why an impression is kept out of learning; a declared bot takes precedence over a rate."""
    if invalid_hours.is_invalid(state.bot_ms, shown_ms, end_ms):
        return BOT
    return RATE if invalid_hours.is_invalid(state.burst_ms, shown_ms, end_ms) else ""


def _on_impression(state: UserState, join_input: ImpressionRead, window_ms: int) -> JoinStep:
    key, position = join_input.impression_id, join_input.position
    if key in state.shown or state.applied(position.topic, position.partition, position.offset):
        return JoinStep(state, tuple(_outcomes(state, key, window_ms)), fate=DUPLICATE)
    reserved = None if limits.is_full(state.shown) else limits.with_room(state, key, join_input.template)
    if reserved is None:
        return JoinStep(limits.measured(state), fate=REFUSED, refused=limits.TOO_MANY)
    until_ms = max(join_input.until_ms, window_end_ms(position.at_ms, window_ms))
    new = ImpressionState(position.at_ms, until_ms, closed=False, invalid_traffic="", template=join_input.template)
    state = naming.matched(replace(reserved, shown={**reserved.shown, key: new}), key, window_ms)
    return JoinStep(state, tuple(_outcomes(state, key, window_ms)))


def _on_render(state: UserState, render: RenderRead, window_ms: int) -> JoinStep:
    """A render emits nothing: whether there was one is told when the window closes."""
    position = render.position
    if render.bot:
        state = replace(state, bot_ms=invalid_hours.with_event(state.bot_ms, position.at_ms))
    if render.refused:
        return JoinStep(state, fate=REFUSED, refused=render.refused)
    key = naming.key_of(state, render)
    shown = state.shown.get(key)
    if state.applied(position.topic, position.partition, position.offset) or (shown and shown.rendered):
        return JoinStep(state, fate=DUPLICATE)
    if shown is None:
        return _on_early_render(state, key, render)
    if shown.closed or not renders.in_time(shown.shown_ms, position.at_ms, window_ms):
        return JoinStep(state, fate=LATE)
    return JoinStep(renders.noted(state, key))


def _on_early_render(state: UserState, key: str, render: RenderRead) -> JoinStep:
    """A render whose impression has not been read; of several, one waits."""
    if key in state.renders:
        return JoinStep(renders.waits(state, key, render), fate=DUPLICATE)
    reserved = None if limits.has_all_clicks(state.renders) else limits.with_room(state, key, render.raw)
    if reserved is None:
        return JoinStep(limits.measured(state), fate=REFUSED, refused=limits.TOO_MANY)
    return JoinStep(renders.waits(reserved, key, render))


def _count_traffic(state: UserState, join_input: TokenEventRead, burst: int) -> UserState:
    """The state after counting the event for bot and burst detection."""
    position = join_input.position
    if join_input.bot:
        state = replace(state, bot_ms=invalid_hours.with_event(state.bot_ms, position.at_ms))
    if state.applied(position.topic, position.partition, position.offset):
        return state
    minutes = burst_detection.counted(state.minutes, position.topic, join_input.minute, join_input.event, burst)
    if minutes[position.topic][join_input.minute] == burst_detection.TOO_MANY:
        state = replace(state, burst_ms=invalid_hours.with_event(state.burst_ms, position.at_ms))
    return replace(state, minutes=minutes)


def _on_token_event(state: UserState, join_input: TokenEventRead, named: str | None, window_ms: int) -> JoinStep:
    if named is not None:
        return JoinStep(state, tuple(_outcomes(state, named, window_ms)), fate=DUPLICATE)
    if reason := join_input.refused or _reason(state, join_input):
        return JoinStep(state, fate=REFUSED, refused=reason)
    if not join_input.impression_id:
        return JoinStep(state, fate=OUTSIDE_ADS)
    if state.applied(join_input.position.topic, join_input.position.partition, join_input.position.offset):
        return JoinStep(state, fate=DUPLICATE)  # redelivered, and forgotten since
    return _on_new_token_event(state, join_input, window_ms)


def _reason(state: UserState, join_input: TokenEventRead) -> str:
    """Why a valid token does not count in this state; empty where it does."""
    if join_input.is_order:
        return limits.TOO_MANY if limits.has_all_orders(state.orders) else ""
    if naming.is_used(state, join_input):
        return USED
    return limits.TOO_MANY if limits.has_all_clicks(state.clicks) else ""


def _on_new_token_event(state: UserState, join_input: TokenEventRead, window_ms: int) -> JoinStep:
    """A new click or order that names an impression, which may not have been read yet."""
    key = naming.key_of(state, join_input)
    shown = state.shown.get(key)
    raw = b"" if shown else join_input.raw
    in_window = shown is not None and is_attributable(shown.shown_ms, join_input.position.at_ms, window_ms)
    if shown and in_window and shown.closed and not join_input.is_order:
        # Only where our clock ran ahead of the broker's: the outcome IGNORED was already emitted as final.
        return JoinStep(state, fate=LATE)
    reserved = limits.with_room(state, key, raw)
    if reserved is None:
        return JoinStep(limits.measured(state), fate=REFUSED, refused=limits.TOO_MANY)
    state, token_event = reserved, _token_event(join_input, raw)
    if join_input.is_order:
        state = replace(state, orders={**state.orders, key: (*state.orders.get(key, ()), token_event)})
        return JoinStep(state, (order_outcome(shown, token_event),) if shown else ())
    state = replace(state, clicks={**state.clicks, key: token_event})
    if shown is None:
        return JoinStep(state)
    if not in_window:
        return JoinStep(state, fate=LATE)
    outcome = click_outcome(shown, token_event, window_ms)
    return JoinStep(state, (outcome,) if outcome else ())


def _token_event(join_input: TokenEventRead, raw: bytes) -> TokenEvent:
    position = join_input.position
    facts = (join_input.event, position.at_ms, join_input.until_ms, join_input.bot, join_input.value_minor)
    return TokenEvent(*facts, raw, join_input.currency, join_input.no_profile)


def _outcomes(state: UserState, key: str, window_ms: int) -> Iterator[Outcome]:
    shown = state.shown.get(key)
    if shown is not None:
        yield from outcomes_of(shown, state.clicks.get(key), state.orders.get(key, ()), window_ms)


def _token_events(state: UserState) -> Iterator[tuple[str, TokenEvent]]:
    yield from state.clicks.items()
    yield from state.renders.items()
    for key, orders in state.orders.items():
        yield from ((key, order) for order in orders)


def _kept_until_ms(state: UserState, key: str, token_event: TokenEvent) -> int:
    """Until when a click or order is kept: at least as long as its impression, whose outcomes need it on a replay."""
    shown = state.shown.get(key)
    return max(token_event.until_ms, shown.until_ms if shown else 0)


def _forgotten(state: UserState, watermark_ms: int) -> UserState:
    """The state without the entries that no unread message can name."""
    unclosed = [s.shown_ms for s in state.shown.values() if not s.closed]
    oldest_ms = min([watermark_ms + 1, *unclosed])

    def kept(key: str, token_event: TokenEvent) -> bool:
        return _kept_until_ms(state, key, token_event) > watermark_ms

    orders = {key: tuple(o for o in group if kept(key, o)) for key, group in state.orders.items()}
    remembered = replace(
        state,
        shown={key: s for key, s in state.shown.items() if s.until_ms > watermark_ms},
        clicks={key: click for key, click in state.clicks.items() if kept(key, click)},
        orders={key: group for key, group in orders.items() if group},
        renders={key: render for key, render in state.renders.items() if kept(key, render)},
        bot_ms=invalid_hours.still_needed(state.bot_ms, oldest_ms),
        burst_ms=invalid_hours.still_needed(state.burst_ms, oldest_ms),
        minutes=burst_detection.still_needed(state.minutes, watermark_ms),
    )
    return limits.trimmed(remembered)
