"""Withdrawing, pausing and approving creatives, as several processes do it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.assets.creative import Creative, Draft
from services.assets.library import Library
from services.assets.wanted import Wanted
from services.common.clock import FixedClock
from services.common.errors import Rejected
from services.common.verdict import STAND_IN

PNG = b"\x89PNG any picture"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
BAG = Draft("bag-tote", "300x250", "A bag", "", "Go", approved_by="alice", verdict=STAND_IN)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def bag(library: Library) -> Creative:
    return library.add(BAG, PNG)


def test_a_withdrawn_creative_is_no_longer_eligible(library: Library, bag: Creative) -> None:
    assert [c.creative_id for c in library.all_eligible()] == [bag.creative_id]
    (withdrawn,) = library.change("withdraw", [bag.creative_id], "bob", "wrong price")
    assert withdrawn.state == "RETIRED"
    assert library.all_eligible() == () == library.eligible("300x250")
    assert library.picture(library.get(bag.creative_id)) == PNG  # who has it on a page still sees it


def test_each_change_is_kept_with_who_when_and_why(library: Library, bag: Creative, clock: FixedClock) -> None:
    for action, by, why in (("pause", "bob", "late"), ("resume", "bob", "it came"), ("withdraw", "eve", "sold")):
        clock.advance(timedelta(minutes=1))
        library.change(action, [bag.creative_id], by, why)  # type: ignore[arg-type]
    assert [(e.state, e.by, e.why, (e.at - NOON).seconds) for e in library.life(bag.creative_id)] == [
        ("PAUSED", "bob", "late", 60),
        ("APPROVED", "bob", "it came", 120),
        ("RETIRED", "eve", "sold", 180),
    ]


@pytest.mark.parametrize("approved_by", ["", "alice", "carol"])
def test_adding_a_withdrawn_creative_again_does_not_revive_it(library: Library, approved_by: str) -> None:
    first = library.add(Draft(BAG.product_id, BAG.format, BAG.headline, "", "Go"), PNG)
    library.change("withdraw", [first.creative_id], "bob", "ugly")
    again = library.add(Draft(BAG.product_id, BAG.format, BAG.headline, "", "Go", approved_by=approved_by), PNG)
    assert (again.creative_id, again.state, again.approved_by) == (first.creative_id, "RETIRED", "")
    assert library.all_eligible() == ()


def test_only_a_persons_approval_brings_a_withdrawn_creative_back(library: Library, bag: Creative) -> None:
    library.change("withdraw", [bag.creative_id], "bob", "ugly")
    with pytest.raises(Rejected, match="state: 'RETIRED' where PAUSED to resume"):
        library.change("resume", [bag.creative_id], "bob", "not so ugly")
    approved = library.approve(bag.creative_id, "carol")
    assert (approved.state, approved.approved_by) == ("APPROVED", "carol")


def test_an_approval_by_adding_again_is_kept_as_an_event(library: Library) -> None:
    draft = library.add(Draft(BAG.product_id, BAG.format, BAG.headline, "", "Go"), PNG)
    assert (draft.state, library.life(draft.creative_id)) == ("DRAFT", ())
    assert library.add(BAG, PNG).state == "APPROVED"
    assert library.add(BAG, PNG).state == "APPROVED"
    assert [(event.state, event.by) for event in library.life(draft.creative_id)] == [("APPROVED", "alice")]


def test_several_are_withdrawn_together_or_not_at_all(library: Library, bag: Creative) -> None:
    version = library.version()
    for wrong, said in (("c-none", "creative_id: 'c-none'"), ("house-300x250", "house ones"), ("house-1x1", "house")):
        with pytest.raises(Rejected, match=said):
            library.change("withdraw", [bag.creative_id, wrong], "bob", "ugly")
    assert (library.get(bag.creative_id).state, library.version()) == ("APPROVED", version)
    library.change("withdraw", [bag.creative_id, bag.creative_id], "bob", "ugly")
    assert (len(library.life(bag.creative_id)), library.version()) == (1, version + 1)


@pytest.mark.parametrize(
    ("by", "why", "said"),
    [("", "ugly", "by: ''"), (" ", "ugly", "by: ' '"), ("bob", "", "why: ''"), ("bob", "a\nb", "why"),
     ("b" * 81, "ugly", "at most 80"), ("bob", "\ud800", "why")],
)  # fmt: skip
def test_a_change_without_a_name_or_a_reason_is_refused(
    library: Library, bag: Creative, by: str, why: str, said: str
) -> None:
    with pytest.raises(Rejected, match=said):
        library.change("withdraw", [bag.creative_id], by, why)
    assert library.get(bag.creative_id).state == "APPROVED"


@pytest.mark.parametrize("action", ["withdraw", "pause"])
def test_what_has_ended_cannot_be_ended_again(library: Library, bag: Creative, action: str) -> None:
    library.change(action, [bag.creative_id], "bob", "ugly")  # type: ignore[arg-type]
    with pytest.raises(Rejected, match=f"to {action} {bag.creative_id}"):
        library.change(action, [bag.creative_id], "bob", "ugly")  # type: ignore[arg-type]


def test_creatives_are_found_by_state_and_newest_first(library: Library, bag: Creative, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=1))
    shoe = library.add(Draft("boot-suede", "728x90", "A boot", "", "Go"), PNG)
    library.change("pause", [bag.creative_id], "bob", "late")
    assert [c.creative_id for c in library.wanted(Wanted(states=["PAUSED"]))] == [bag.creative_id]
    assert list(library.wanted(Wanted(states=["DRAFT"], format="300x250"))) == []
    found, count = library.newest(Wanted(states=["DRAFT", "PAUSED"]), 1)
    assert ([c.creative_id for c in found], count) == ([shoe.creative_id], 2)
