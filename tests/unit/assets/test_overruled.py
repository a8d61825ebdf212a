"""What fails its screen is kept with its reasons and not served; a named person may overrule, with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.assets.changes import added_again, changed
from services.assets.creative import Creative, Draft, finished
from services.assets.creative_messages import creative_of, message_of
from services.common.errors import Rejected
from services.common.verdict import Check, Verdict

NOW = datetime(2026, 11, 29, tzinfo=UTC)
FAILED = Verdict((
    Check("sharp", 0.1, 0.3, False, "it is blurred", "measure/1"),
    Check("reads_back", 0.0, 0.9, False, "not measured: no reader", measured=False),
))  # fmt: skip


def added(verdict: Verdict | None = FAILED) -> Creative:
    draft = Draft("tee", "300x250", "A tee", "", "", approved_by="eve", verdict=verdict, recipe="file")
    (creative,) = finished([draft], ["0" * 64], NOW)
    return creative


def test_an_ad_that_fails_its_screen_is_kept_with_the_reason_and_not_served() -> None:
    creative = added()
    assert (creative.state, creative.approved_by, creative.is_approved, creative.is_refused) == (
        "SCREENED", "", False, True,
    )  # fmt: skip
    assert creative_of(message_of(creative)).verdict == FAILED
    assert added_again(creative, added(), NOW) is creative
    assert added(Verdict(())).is_approved


def test_an_ad_without_a_verdict_is_not_served_unless_a_person_says_why() -> None:
    old = replace(added(None), state="APPROVED", approved_by="eve")  # as before there was a screen
    assert (added(None).state, added(None).approved_by, old.is_approved) == ("DRAFT", "", False)
    with pytest.raises(Rejected, match="although it was not screened"):
        changed(added(None), "approve", "eve", "", NOW)
    served = changed(added(None), "approve", "eve", "seen on paper", NOW)
    assert served.is_approved
    assert served.verdict is not None
    assert served.verdict.failed == "screen: it was not screened"


def test_an_old_ad_is_served_again_once_its_screen_passes_it_and_ends_where_it_fails() -> None:
    old = replace(added(None), state="APPROVED", approved_by="eve")
    assert added_again(old, added(Verdict(())), NOW).is_approved
    failed = added_again(old, added(), NOW)
    assert (failed.state, failed.is_refused, failed.life[-1].by) == ("SCREENED", True, "screen")
    assert failed.life[-1].why.startswith("its screen failed: sharp: it is blurred")


def test_a_named_person_overrules_the_screen_with_a_reason_which_is_an_event() -> None:
    with pytest.raises(Rejected, match=r"a reason to .* failed .sharp: it is blurred; reads_back: not measured"):
        changed(added(), "approve", "eve", " ", NOW)
    served = changed(added(), "approve", "eve", "the blur is the product", NOW)
    assert (served.is_approved, served.is_refused, served.verdict) == (True, False, FAILED)
    assert [(event.state, event.by, event.why) for event in served.life] == [
        ("APPROVED", "eve", "the blur is the product"),
    ]  # fmt: skip
