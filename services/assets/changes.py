"""What people and processes do with a creative: the creative as it is afterwards; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.assets.creative import Creative
from services.assets.life import Action, LifeEvent, State, check_overruled, state_after


def changed(creative: Creative, action: Action, by: str, why: str, at: datetime) -> Creative:
    """The creative after the action, with who did it, when and why; `Rejected` where its state does not allow it.

    To approve one that failed a check needs a reason, which is kept: a person overrules the screen.
    """
    if action == "approve":
        check_overruled(creative.verdict, why)
    after = _told(creative, state_after(action, creative.creative_id, creative.state), by, why, at)
    return replace(after, approved_by=by) if action == "approve" else after


def added_again(known: Creative, again: Creative, at: datetime) -> Creative:
    """What a known creative becomes when it is added again: approved, where nobody has done anything with it yet.

    Dates that are given replace those that it has. The same object where nothing changes.
    """
    dates = (again.starts_at, again.ends_at)
    if any(dates) and dates != (known.starts_at, known.ends_at):
        known = replace(known, starts_at=again.starts_at, ends_at=again.ends_at)
    if not again.approved_by or known.approved_by or known.life or known.is_refused:
        return known
    approved = _told(known, "APPROVED", again.approved_by, "added with an approval", at)
    return replace(approved, approved_by=again.approved_by)


def _told(creative: Creative, state: State, by: str, why: str, at: datetime) -> Creative:
    event = LifeEvent(creative.creative_id, state, by, why, at)
    return replace(creative, state=state, life=(*creative.life, event))
