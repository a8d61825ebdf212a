"""Which pictures are got: each link once, nothing that is there, nothing that was refused."""

from __future__ import annotations

from datetime import UTC, datetime

from services.catalogue.photos.links import Known, Wanted, plan_of

NOW = datetime(2026, 11, 28, tzinfo=UTC)
THERE, REFUSED = Known("ab" * 32, "", NOW), Known("", "too_small: 1x1", NOW)
KNOWN = {"there.jpg": THERE, "refused.jpg": REFUSED}


def wanted(*links: str) -> list[Wanted]:
    return [Wanted(link, "1", is_main=True) for link in links]


def test_only_what_is_not_known_is_got() -> None:
    plan = plan_of(wanted("new.jpg", "there.jpg", "refused.jpg"), KNOWN, lambda *_: False, again=False)
    assert [one.link for one in plan.to_get] == ["new.jpg"]
    assert (plan.there, [(one.link, why) for one, why in plan.refused]) == (1, [("refused.jpg", "too_small: 1x1")])


def test_again_gets_what_was_refused_but_not_what_is_there() -> None:
    plan = plan_of(wanted("there.jpg", "refused.jpg"), KNOWN, lambda *_: False, again=True)
    assert [one.link for one in plan.to_get] == ["refused.jpg"]


def test_a_file_that_is_newer_is_got_whatever_was_known() -> None:
    plan = plan_of(wanted("there.jpg", "refused.jpg"), KNOWN, lambda *_: True, again=False)
    assert len(plan.to_get) == 2
