"""Nothing of a shopper who allows no profile is kept, and what was dropped is counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from protos.gen.adloom.events.v1.consent_pb2 import Consent as Said
from services.common.consent import Consent, consent_of
from services.features.memory_store import MemoryStore
from services.profiles.topology import ProfilesProcessor
from services.profiles.without_consent import WITHOUT_CONSENT
from services.wire.codec.envelope import Envelope

USER = "u1-" + "a" * 32
NOW = datetime(2026, 3, 1, tzinfo=UTC)
YES, NO = Said(profile=True), Said(profile=False)


def processor(setting: str = "all") -> ProfilesProcessor:
    return ProfilesProcessor(MemoryStore(), lambda _: None, burst=120, consent=consent_of(setting))


def view(offset: int, said: Said | None, event_id: str = "") -> Envelope:
    message = events_pb2.View(user_id=USER, product_id="p", consent=said)
    name = event_id or f"e{offset}"
    return Envelope(name, "t", message.DESCRIPTOR.full_name, NOW, "ad.views", 0, offset, NOW, USER.encode(), message)


def test_a_shopper_who_never_allowed_a_profile_has_no_state_and_no_row() -> None:
    made = processor().advance(USER, 0, None, [view(0, NO), view(1, NO)], 0)
    assert (made.state, made.row) == (None, None)
    assert dict(made.fates) == {("ad.views", WITHOUT_CONSENT): 2}


def test_a_profile_stays_as_it_is_while_its_shopper_allows_none() -> None:
    worker = processor()
    before = worker.advance(USER, 0, None, [view(0, YES)], 0)
    after = worker.advance(USER, 0, before.state, [view(1, NO)], 0)
    assert after.state == before.state
    assert dict(after.fates) == {("ad.views", WITHOUT_CONSENT): 1}
    last = worker.advance(USER, 0, after.state, [view(2, NO), view(3, None)], 0)
    assert dict(last.fates) == {("ad.views", WITHOUT_CONSENT): 1, ("ad.views", "applied"): 1}


def test_an_event_that_comes_again_with_consent_counts_once_from_then_on() -> None:
    worker = processor()
    made = worker.advance(USER, 0, None, [view(n, said, "same") for n, said in enumerate([NO, YES, NO, YES])], 0)
    assert made.row.profile.integer("views_total") == 1  # type: ignore[attr-defined]  # a row of a profile
    assert dict(made.fates) == {
        ("ad.views", WITHOUT_CONSENT): 2,
        ("ad.views", "applied"): 1,
        ("ad.views", "duplicate"): 1,
    }


@pytest.mark.parametrize(("setting", "said", "kept"), [("none", None, 0), ("personalise", None, 0), ("none", YES, 1)])
def test_what_an_event_says_comes_before_the_shops_setting(setting: str, said: Said | None, kept: int) -> None:
    made = processor(setting).advance(USER, 0, None, [view(0, said)], 0)
    assert (made.state is not None) == bool(kept)
    assert consent_of("personalise") == Consent(profile=False, personalise=True)
