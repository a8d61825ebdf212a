"""New shoppers have the same profile as in training: the empty one."""

from datetime import UTC, datetime
from itertools import product

import numpy as np

from services.features.cold_start import DEFAULTS
from services.features.profile import Profile
from services.features.segments import SEGMENTS, segment_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEVICES = ("phone", "tablet", "desktop", "", "fridge")


def test_exactly_the_segments_of_new_shoppers_have_a_default() -> None:
    assert {segment_of(Profile(), device, query, NOW) for device, query in product(DEVICES, ("", "boots"))} == set(
        DEFAULTS
    )
    assert {name for name in SEGMENTS if name.startswith("new_")} == set(DEFAULTS)


def test_defaults_are_the_profiles_of_new_shoppers_in_training() -> None:
    for profile in DEFAULTS.values():
        assert profile.integers == Profile().integers
        assert np.array_equal(profile.decayed, Profile().decayed)
