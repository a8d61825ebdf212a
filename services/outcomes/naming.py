"""Decides which impression a click, an order or a render names.

A token states one decision: the impression's id, the creative that was served and the probability with which it was
drawn. It names an impression only where that impression's record has the same creative and probability. Where they
differ, the record that belongs to the token has not come: the click or order waits for it under a key of its own and,
if it never comes, ends as `unmatched`. Otherwise an outcome could credit a creative that nobody clicked. (Releases that
derived impression ids from the request alone could give one id to two decisions.)
"""

from __future__ import annotations

from dataclasses import replace

from protos.gen.adloom.events.v1 import outcome_pb2
from services.outcomes import renders
from services.outcomes.decision_name import waiting_key
from services.outcomes.inputs import RenderRead, TokenEventRead
from services.outcomes.state import TokenEvent, UserState


def key_of(state: UserState, join_input: TokenEventRead | RenderRead) -> str:
    """The key of the event in `clicks`, `orders` or `renders`: its impression's id, or the key under which it waits."""
    key = waiting_key(join_input.impression_id, join_input.creative_id, join_input.propensity)
    return join_input.impression_id if key == _waited_by(state, join_input.impression_id) else key


def is_used(state: UserState, join_input: TokenEventRead) -> bool:
    """Whether another click has used the token; the impression itself may have been forgotten since."""
    forgotten = join_input.impression_id not in state.shown and join_input.impression_id in state.clicks
    return forgotten or key_of(state, join_input) in state.clicks


def matched(state: UserState, impression_id: str, window_ms: int) -> UserState:
    """The state in which the clicks, orders and renders that waited for this impression belong to it.

    The impression must be in `shown`. The messages of these events are dropped, because they are not needed any more.
    """
    waiting = _waited_by(state, impression_id)
    state = renders.matched(state, waiting, impression_id, window_ms)
    clicks, orders = dict(state.clicks), dict(state.orders)
    if click := clicks.pop(waiting, None) or clicks.get(impression_id):
        clicks[impression_id] = _found(click)
    if both := (*orders.get(impression_id, ()), *orders.pop(waiting, ())):
        orders[impression_id] = tuple(map(_found, both))
    return replace(state, clicks=clicks, orders=orders)


def _found(token_event: TokenEvent) -> TokenEvent:
    return replace(token_event, raw=b"")


def _waited_by(state: UserState, impression_id: str) -> str:
    """The key under which clicks and orders wait for this impression; empty where its record has not come."""
    shown = state.shown.get(impression_id)
    if shown is None:
        return ""
    outcome = outcome_pb2.Outcome.FromString(shown.template)
    return waiting_key(impression_id, outcome.creative_id, outcome.propensity)
