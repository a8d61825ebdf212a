"""Converts a profile to Feast's values, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.common.packed import add_packed
from services.features.feast_library import Value
from services.features.profile import Profile, from_stored, stored_integers

FIELDS = ("integers", "decayed", "appended_us")


def to_values(profile: Profile, appended_us: int) -> dict[str, Value]:
    """The row's values by field."""
    integers, decayed = Value(), Value()
    integers.int64_list_val.val.extend(stored_integers(profile))
    add_packed(decayed.double_list_val, {"val": profile.decayed.ravel()})
    return {"integers": integers, "decayed": decayed, "appended_us": Value(int64_val=appended_us)}


def from_values(values: Mapping[str, Value] | None) -> tuple[Profile, int] | None:
    """The profile and its `appended_us`; None where nothing, or no profile of this version, is stored."""
    if values is None:
        return None
    integers = values["integers"].int64_list_val.val
    decayed = values["decayed"].double_list_val.val
    sums = np.fromiter(decayed, dtype=np.float64, count=len(decayed))
    if not np.isfinite(sums).all():
        return None
    try:
        return from_stored(integers, sums), values["appended_us"].int64_val
    except ValueError:
        return None
