"""The life of a creative: its states, what people may do with it in each, and the events that tell so; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from services.common.errors import Rejected
from services.common.verdict import Verdict

State = Literal["DRAFT", "SCREENED", "APPROVED", "PAUSED", "RETIRED"]
STATES: Final[tuple[State, ...]] = get_args(State)
Action = Literal["approve", "refuse", "pause", "resume", "withdraw"]

_LONGEST_NAME: Final = 80  # as in the protos
_LONGEST_WHY: Final = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """What an action leads to, and from where."""

    leads_to: State
    allowed_in: tuple[State, ...]
    needs_why: bool = True


RULES: Final[Mapping[Action, Rule]] = {
    "approve": Rule("APPROVED", ("DRAFT", "SCREENED", "APPROVED", "RETIRED"), needs_why=False),
    "refuse": Rule("RETIRED", ("DRAFT", "SCREENED")),
    "pause": Rule("PAUSED", ("APPROVED",)),
    "resume": Rule("APPROVED", ("PAUSED",)),
    "withdraw": Rule("RETIRED", ("DRAFT", "SCREENED", "APPROVED", "PAUSED")),
}
"""What people may do. Only a person's `approve` brings a withdrawn creative back; adding it again does not."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A creative's state was changed."""

    creative_id: str
    state: State  # since then
    by: str
    why: str  # may be empty for an approval
    at: datetime  # UTC


def state_named(name: str) -> State:
    """The state of that name, in any case of letters.

    >>> state_named("paused")
    'PAUSED'
    """
    for state in STATES:
        if state == name.upper():
            return state
    raise Rejected("invalid", "state", name, f"one of {', '.join(STATES)}")


def state_after(action: Action, creative_id: str, state: State) -> State:
    """The state that the action leads to; `Rejected` where the creative's state does not allow it."""
    rule = RULES[action]
    if state not in rule.allowed_in:
        expected = f"{' or '.join(rule.allowed_in)} to {action} {creative_id}"
        raise Rejected("invalid", "state", state, expected)
    return rule.leads_to


def check_changeable(creative_id: str) -> None:
    """Raises `Rejected` for a house creative: law 1 rests on them."""
    if creative_id.startswith("house-"):
        raise Rejected("invalid", "creative_id", creative_id, "a product's creative (house ones are always served)")


def check_reason(action: Action, by: str, why: str) -> None:
    """Raises `Rejected` where nobody, or no reason, is named."""
    name = "approved_by" if action == "approve" else "by"
    _check_text(name, by, _LONGEST_NAME, "the name of who answers for it")
    if why or RULES[action].needs_why:
        _check_text("why", why, _LONGEST_WHY, f"a reason to {action} it")


def check_overruled(verdict: Verdict | None, why: str) -> None:
    """Raises `Rejected` where no screen passed it and no reason is given to serve it all the same (law 9)."""
    if why.strip():
        return
    if verdict is None:
        raise Rejected("missing", "why", "", "a reason to serve it although it was not screened,")
    if not verdict.passes:
        raise Rejected("missing", "why", "", f"a reason to serve it although its screen failed ({verdict.failed}),")


def _check_text(field: str, text: str, longest: int, expected: str) -> None:
    if not text.strip():
        raise Rejected("invalid", field, text, expected)
    if len(text) > longest or not text.isprintable():
        raise Rejected("invalid", field, text, f"{expected}, one line of at most {longest} characters")
