"""Decides whether an impression was rendered: whether a render with its token was appended by the end of its window.

A click may come before its impression's record, and so may a render; a token lives for a day, so that no lower bound is
needed. Of several renders ("shown", then "seen") the earliest decides, in whatever order they are read. A declared
bot's render marks the shopper's impressions as its click does (`invalid_hours.py`); renders are not counted as bursts,
because one page loads dozens of pixels at once.
"""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.attribution import window_end_ms
from services.outcomes.inputs import RenderRead
from services.outcomes.state import TokenEvent, UserState


def in_time(shown_ms: int, render_ms: int, window_ms: int) -> bool:
    """Whether the ad was rendered within its window; the last millisecond counts.

    >>> in_time(1_000, 1_500, window_ms=500), in_time(1_000, 1_501, window_ms=500)
    (True, False)
    """
    return render_ms <= window_end_ms(shown_ms, window_ms)


def waits(state: UserState, key: str, render: RenderRead) -> UserState:
    """The state in which the earliest render waits for its impression."""
    known, at_ms = state.renders.get(key), render.position.at_ms
    if known is not None and known.at_ms <= at_ms:
        return state
    waiting = TokenEvent(render.event, at_ms, render.until_ms, render.bot, value_minor=0, raw=render.raw)
    return replace(state, renders={**state.renders, key: waiting})


def noted(state: UserState, key: str) -> UserState:
    """The state in which this impression, which must be in `shown`, was rendered."""
    return replace(state, shown={**state.shown, key: replace(state.shown[key], rendered=True)})


def matched(state: UserState, waiting: str, impression_id: str, window_ms: int) -> UserState:
    """The state in which the render that waited under the key `waiting`, if one did, belongs to its impression."""
    if waiting not in state.renders:
        return state
    render = state.renders[waiting]
    state = replace(state, renders={key: other for key, other in state.renders.items() if key != waiting})
    in_window = in_time(state.shown[impression_id].shown_ms, render.at_ms, window_ms)
    return noted(state, impression_id) if in_window else state
