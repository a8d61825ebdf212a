"""A release of features/1 left its states and rows: what is taken over, and what begins empty."""

from datetime import UTC, datetime

import msgpack
import numpy as np
import pytest

from services.common.errors import Bug
from services.features import features_1
from services.features.profile import DECAYED, HALF_LIVES_S, INTEGERS, Profile, from_stored
from services.features.segments import segment_of
from services.profiles.state import State, pack, unpack
from services.wire.faust.deduplicator import Deduplicator
from services.wire.faust.states.compression import squeezed

OLD = np.arange(1.0, len(HALF_LIVES_S) * features_1.COLUMNS + 1)
COUNTS = tuple(range(1, len(INTEGERS) + 1))


def old_state(version: int = 1) -> bytes:
    fields = (version, (*COUNTS, 0x455552, 990), OLD.tobytes(), 7, Deduplicator().packed(), {"ad.views": {5: 2}})
    return squeezed(msgpack.packb(fields))


def test_integers_money_and_counts_are_taken_over_and_all_that_was_relative_to_the_old_catalogue_begins_empty() -> None:
    state = unpack(old_state())
    profile = state.profile
    assert (profile.integers, profile.money) == (COUNTS, (("EUR", 990),))
    assert (state.appended_us, state.minutes) == (7, {"ad.views": {5: 2}})
    old = OLD.reshape(len(HALF_LIVES_S), -1)
    assert np.array_equal(profile.decayed[:, :3], old[:, :3])
    assert not profile.decayed[:, 3:].any()
    assert DECAYED[:3] == ("views", "clicks", "orders")


def test_what_was_taken_over_is_stored_as_any_other_profile_and_has_a_segment() -> None:
    again = unpack(pack(unpack(old_state()))).profile
    assert again.integers == COUNTS
    assert again.decayed.shape == Profile().decayed.shape
    assert segment_of(again, "phone", "", datetime(2026, 3, 1, tzinfo=UTC)) == "former_buyer"


def test_a_state_of_a_later_release_is_refused_by_name() -> None:
    with pytest.raises(Bug, match="version 3"):
        unpack(old_state(version=3))
    assert unpack(pack(State())).profile.integers == Profile().integers


def test_sums_of_no_release_are_refused() -> None:
    with pytest.raises(ValueError, match="97 sums"):
        from_stored(COUNTS, np.zeros(97))
