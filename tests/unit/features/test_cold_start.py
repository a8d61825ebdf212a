"""Newcomers are what they were in training: shoppers with the empty profile."""

from datetime import UTC, datetime
from itertools import product

import numpy as np

from services.features.cold_start import DEFAULTS
from services.features.profile import Profile
from services.features.segments import SEGMENTS, segment_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEVICES = ("phone", "tablet", "desktop", "", "fridge")


def test_every_segment_that_a_newcomer_can_be_in_has_a_default_and_no_other() -> None:
    assert {segment_of(Profile(), device, query, NOW) for device, query in product(DEVICES, ("", "boots"))} == set(
        DEFAULTS
    )
    assert {name for name in SEGMENTS if name.startswith("new_")} == set(DEFAULTS)


def test_a_default_is_the_profile_that_newcomers_had_in_training() -> None:
    for profile in DEFAULTS.values():
        assert profile.integers == Profile().integers
        assert np.array_equal(profile.decayed, Profile().decayed)
