"""What becomes of an ad that another version of the screen has judged; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.assets.ads import STUDIO
from services.assets.changes import changed
from services.assets.creative import WANTED_BY, Creative, Draft
from services.assets.life import LifeEvent, State
from services.common.verdict import NOT_SCREENED, Check, Verdict
from services.screening.policy import policy

AGAIN: Final = "screened again: "
"""How the reason begins with which the studio ends or serves an ad anew."""

PASSES: Final = "it passes now"
UNMEASURED: Final = "not measured"
OVERRULED: Final = "overruled"
"""The entry of an ad's lineage for what people have overruled, as later verdicts may pass."""
_Findings = frozenset[tuple[str, str]]
_ADDED: Final = "added with an approval"
_LONGEST: Final = 1000  # of a reason, as of people's


def judged_again(creative: Creative, found: Draft, now: datetime) -> Creative:
    """The creative with the verdict that was `found`, and what it states.

    One that fails is not served any more, whoever approved it; a person who has overruled the same findings has done
    so for good, and what a person approved does not end for a check that could not be made. One that passes is served
    again where a person had wanted that; the studio's own ads are as new.
    """
    verdict = found.verdict
    assert verdict is not None
    lineage = {**found.lineage, **_kept(_overruled(creative))}
    after = replace(creative, verdict=verdict, lineage=lineage, price=found.price)
    if creative.state == "RETIRED":
        return after
    if not verdict.passes:
        return _stopped(creative, after, now)
    return _back(after, now) if creative.is_refused else after


def findings_of(verdict: Verdict | None) -> _Findings:
    """What failed and why; of measures without the number, which another version gives otherwise.

    >>> blurred, said = Check("sharp", 0.1, 0.3, False, "10% of it"), Check("claims", 2, 0, False, "a: x; b: y")
    >>> sorted(findings_of(Verdict((blurred, said))))
    [('claims', 'a: x'), ('claims', 'b: y'), ('sharp', '')]
    """
    failed = () if verdict is None else (check for check in verdict.checks if not check.passes)
    return frozenset((check.check, reason) for check in failed for reason in _reasons(check))


def why_stopped(verdict: Verdict) -> str:
    """What failed, in words."""
    return f"{AGAIN}{verdict.failed}"[:_LONGEST]


_BY_WORDS: Final = ("claims", "claims_seen", "unsafe_words", "forbidden", "duplicate")
"""Checks whose words say what was found; those of the others say how much."""


def _reasons(check: Check) -> list[str]:
    if not check.measured:
        return [UNMEASURED]
    return check.why.split("; ") if check.check in _BY_WORDS else [""]


def _stopped(creative: Creative, after: Creative, now: datetime) -> Creative:
    if creative.is_refused or creative.approved_by and not _new(creative, after.verdict):
        return after
    assert after.verdict is not None
    told = (*_with_approval(creative), _event(creative, "SCREENED", why_stopped(after.verdict), now))
    return replace(after, state="SCREENED", approved_by="", life=told)


def _new(creative: Creative, verdict: Verdict | None) -> _Findings:
    """What was found that nobody has overruled; of what a person approves, a check that was not made finds nothing."""
    found = findings_of(verdict) - _overruled(creative)
    return found if creative.approved_by == STUDIO else _measured(found)


def _overruled(creative: Creative) -> _Findings:
    """What people have overruled: who serves it without a screen does so without any part of one."""
    before = frozenset((check, reason) for check, reason in json.loads(creative.lineage.get(OVERRULED, "[]")))
    found = findings_of(creative.verdict) if creative.approved_by else frozenset()
    whole = {(name, UNMEASURED) for name in policy().rules} if creative.verdict == NOT_SCREENED else set()
    return before | found | whole


def _kept(overruled: _Findings) -> Mapping[str, str]:
    """As a lineage holds it."""
    measured = sorted(_measured(overruled))
    return {OVERRULED: json.dumps(measured, ensure_ascii=False)} if measured else {}


def _measured(findings: _Findings) -> _Findings:
    return frozenset(one for one in findings if one[1] != UNMEASURED)


def _with_approval(creative: Creative) -> tuple[LifeEvent, ...]:
    """Its life, in which a person's approval stands: that of one who added it stood in the creative alone."""
    by, life = creative.approved_by, creative.life
    if not by or by == STUDIO or any(event.by == by and event.state == "APPROVED" for event in life):
        return life
    return (LifeEvent(creative.creative_id, "APPROVED", by, _ADDED, creative.created_at), *life)


def _back(after: Creative, now: datetime) -> Creative:
    """As people last wanted it; else it waits for whoever approves, as one that was just made."""
    told = [event for event in after.life if not (event.by == STUDIO and event.why.startswith(AGAIN))]
    last = told[-1] if told else None
    approvers = [event.by for event in told if event.state == "APPROVED"]
    if last is not None and last.by != STUDIO and last.state in ("APPROVED", "PAUSED") and approvers:
        told_now = (*after.life, _event(after, last.state, AGAIN + PASSES, now))
        return replace(after, state=last.state, approved_by=approvers[-1], life=told_now)
    wanted_by = after.lineage.get(WANTED_BY, "")
    if last is None and wanted_by:
        served = changed(after, "approve", STUDIO, f"{AGAIN}{PASSES}, as {wanted_by} wanted", now)
        return replace(served, approved_by=wanted_by)
    return replace(after, life=(*after.life, _event(after, after.state, AGAIN + PASSES, now)))


def _event(creative: Creative, state: State, why: str, now: datetime) -> LifeEvent:
    return LifeEvent(creative.creative_id, state, STUDIO, why, now)
