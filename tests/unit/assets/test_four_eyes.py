"""Where the shop asks for four eyes, two persons of different names approve what is served."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.assets.creative import Creative, Draft
from services.assets.library import Library
from services.assets.memory_library import memory_creatives
from services.assets.pictures.picture_store import pictures_in
from services.common.clock import FixedClock
from services.common.errors import Rejected
from services.common.verdict import STAND_IN

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
DRAFT = Draft("tee", "300x250", "Breton tee", "", "Look", verdict=STAND_IN)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    clock = FixedClock(NOON)
    return Library(memory_creatives(clock), pictures_in(tmp_path), lambda _: True, clock, four_eyes=True)


@pytest.fixture
def waiting(library: Library) -> Creative:
    return library.add(DRAFT, b"a picture")


def test_two_different_names_approve(library: Library, waiting: Creative) -> None:
    half = library.approve(waiting.creative_id, "Ada")
    assert (half.state, half.approved_by, half.is_approved) == ("SCREENED", "", False)
    with pytest.raises(Rejected, match="somebody else than Ada"):
        library.approve(waiting.creative_id, " ada ")
    whole = library.approve(waiting.creative_id, "Grace")
    assert (whole.state, whole.approved_by) == ("APPROVED", "Grace")
    assert [(event.by, event.state) for event in whole.life] == [("Ada", "SCREENED"), ("Grace", "APPROVED")]


def test_what_is_done_in_between_begins_anew(library: Library, waiting: Creative) -> None:
    library.approve(waiting.creative_id, "Ada")
    library.change("refuse", [waiting.creative_id], "Grace", "blurred")
    assert library.approve(waiting.creative_id, "Grace").state == "SCREENED"
    assert library.approve(waiting.creative_id, "Ada").state == "APPROVED"


def test_nobody_approves_alone_by_adding(library: Library) -> None:
    with pytest.raises(Rejected, match="two persons approve"):
        library.add(replace(DRAFT, approved_by="Ada"), b"a picture")


def test_what_is_served_already_cannot_be_refused_and_a_refusal_needs_a_reason(library: Library) -> None:
    served = library.add(replace(DRAFT, headline="Other"), b"another")
    for name in ("Ada", "Grace"):
        library.approve(served.creative_id, name)
    with pytest.raises(Rejected, match="DRAFT or SCREENED to refuse"):
        library.change("refuse", [served.creative_id], "Ada", "no")
    with pytest.raises(Rejected, match="why"):
        library.change("refuse", [served.creative_id], "Ada", "")
