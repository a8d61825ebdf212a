"""What people and processes do with a creative: the creative as it is afterwards; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from services.assets.creative import Creative
from services.assets.life import Action, LifeEvent, State, check_overruled, state_after
from services.common.errors import Rejected
from services.common.verdict import NOT_SCREENED

SCREEN: Final = "screen"
"""Who ends an ad that is screened for the first time and fails, where nobody else does."""

FIRST: Final = "first of two: "
"""How the reason begins with which the first of four eyes has approved a creative."""


def changed(creative: Creative, action: Action, by: str, why: str, at: datetime) -> Creative:
    """The creative after the action, with who did it, when and why; `Rejected` where its state does not allow it.

    To approve one that failed a check, or was not screened, needs a reason, which is kept: a person overrules the
    screen. A verdict says so from then on.
    """
    if action == "approve":
        check_overruled(creative.verdict, why)
    after = _told(creative, state_after(action, creative.creative_id, creative.state), by, why, at)
    return replace(after, approved_by=by, verdict=after.verdict or NOT_SCREENED) if action == "approve" else after


def judged(known: Creative, found: Creative | None, by: str, at: datetime) -> Creative:
    """A creative without a verdict with the one that was found of it; one that fails is not served any more (law 9).

    The same object where it has a verdict, or none was found.
    """
    if known.verdict is not None or found is None or found.verdict is None:
        return known
    lineage = {**found.lineage, **known.lineage}
    after = replace(known, verdict=found.verdict, lineage=lineage, price=known.price or found.price)
    if after.state == "DRAFT":
        return replace(after, state="SCREENED")
    if after.state == "RETIRED" or found.verdict.passes:
        return after
    failed = f"its screen failed: {found.verdict.failed}"
    return replace(_told(after, "SCREENED", by, failed, at), approved_by="")


def approved_by_two(creative: Creative, by: str, why: str, at: datetime) -> Creative:
    """The creative after an approval where the shop asks for four eyes: served once two different names have approved.

    Whatever is done with it in between begins anew.
    """
    state_after("approve", creative.creative_id, creative.state)
    if creative.is_approved:  # said again, as after a timeout
        return creative
    check_overruled(creative.verdict, why)
    before = first_approver(creative)
    if not before:
        waits: State = "DRAFT" if creative.state == "DRAFT" else "SCREENED"
        return replace(_told(creative, waits, by, FIRST + why, at), approved_by="")
    if is_approved_by(creative, by):
        raise Rejected("four_eyes", "approved_by", by, f"somebody else than {before}, who has approved it already,")
    return changed(creative, "approve", by, why, at)


def first_approver(creative: Creative) -> str:
    """Who has approved it, where a second one has to; empty: nobody."""
    last = creative.life[-1] if creative.life else None
    waits = last is not None and last.state in ("DRAFT", "SCREENED") and last.why.startswith(FIRST)
    return last.by if last is not None and waits else ""


def is_approved_by(creative: Creative, by: str) -> bool:
    """Whether this person is the first of two who approve it."""
    return _same(first_approver(creative), by)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def added_again(known: Creative, again: Creative, at: datetime) -> Creative:
    """What a known creative becomes when it is added again: approved, where nobody has done anything with it yet.

    Dates that are given replace those that it has, and so does a verdict one that it lacks. That AI made it may be
    said later, and is not taken back. The same object where nothing changes.
    """
    if again.ai_generated and not known.ai_generated:
        known = replace(known, ai_generated=True)
    dates = (again.starts_at, again.ends_at)
    if any(dates) and dates != (known.starts_at, known.ends_at):
        known = replace(known, starts_at=again.starts_at, ends_at=again.ends_at)
    known = judged(known, again, again.approved_by or SCREEN, at)
    if not again.approved_by or known.approved_by or known.life or known.is_refused:
        return known
    approved = _told(known, "APPROVED", again.approved_by, "added with an approval", at)
    return replace(approved, approved_by=again.approved_by)


def _told(creative: Creative, state: State, by: str, why: str, at: datetime) -> Creative:
    event = LifeEvent(creative.creative_id, state, by, why, at)
    return replace(creative, state=state, life=(*creative.life, event))
