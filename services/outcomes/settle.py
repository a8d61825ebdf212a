"""Computes the outcomes of one impression from the state; the same state always gives the same messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.clock import from_ms
from services.features.invalid_traffic import BOT
from services.outcomes.attribution import is_attributable, window_end_ms
from services.outcomes.state import ImpressionState, TokenEvent

Outcome = outcome_pb2.Outcome


def outcomes_of(
    shown: ImpressionState, click: TokenEvent | None, orders: Iterable[TokenEvent], window_ms: int
) -> Iterator[Outcome]:
    """All outcomes of one impression: at most one click outcome, and one outcome per order."""
    settled = click_outcome(shown, click, window_ms)
    if settled is not None:
        yield settled
    for order in orders:
        yield order_outcome(shown, order)


def click_outcome(shown: ImpressionState, click: TokenEvent | None, window_ms: int) -> Outcome | None:
    """CLICKED as soon as the click is known, with `window_closed` set once the window has closed; IGNORED only then."""
    if click is not None and is_attributable(shown.shown_ms, click.at_ms, window_ms):
        outcome = _settled(shown, outcome_pb2.CLICKED, click.at_ms, shown.closed)
        outcome.invalid_traffic = outcome.invalid_traffic or _invalid(shown, click)
        outcome.no_training = outcome.no_training or click.no_profile
        return outcome
    if not shown.closed:
        return None
    outcome = _settled(shown, outcome_pb2.IGNORED, window_end_ms(shown.shown_ms, window_ms), closed=True)
    outcome.invalid_traffic = outcome.invalid_traffic or shown.invalid_traffic
    return outcome


def order_outcome(shown: ImpressionState, order: TokenEvent) -> Outcome:
    """ORDERED, at whatever time the order came; final once the impression's window has closed."""
    outcome = _settled(shown, outcome_pb2.ORDERED, order.at_ms, shown.closed)
    outcome.outcome_id = f"{outcome.impression_id}:order:{order.event.hex()}"
    outcome.value_minor, outcome.currency = order.value_minor, order.currency
    outcome.invalid_traffic = outcome.invalid_traffic or _invalid(shown, order)
    outcome.no_training = outcome.no_training or order.no_profile
    return outcome


def _settled(shown: ImpressionState, kind: outcome_pb2.OutcomeKind, settled_ms: int, closed: bool) -> Outcome:
    outcome = Outcome.FromString(shown.template)
    outcome.outcome_id = f"{outcome.impression_id}:click"
    outcome.kind = kind
    outcome.settled_at.FromDatetime(from_ms(settled_ms))
    outcome.delay_ms = settled_ms - shown.shown_ms
    outcome.window_closed = closed
    outcome.rendered = closed and shown.rendered  # before the close a render may still come
    return outcome


def _invalid(shown: ImpressionState, token_event: TokenEvent) -> str:
    """Why the outcome is kept out of learning, drills aside: the mark set at the close, or a declared bot's event."""
    return shown.invalid_traffic or (BOT if token_event.bot else "")
