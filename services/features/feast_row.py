"""A profile as Feast's values, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.features.feast_library import Value
from services.features.profile import DECAYED, HALF_LIVES_S, INTEGERS, Profile
from services.wire.packed import add_packed

FIELDS = ("integers", "decayed", "appended_us")
_SHAPE = (len(HALF_LIVES_S), len(DECAYED))


def to_values(profile: Profile, appended_us: int) -> dict[str, Value]:
    """The row's values by field."""
    integers, decayed = Value(), Value()
    integers.int64_list_val.val.extend(profile.integers)
    add_packed(decayed.double_list_val, {"val": profile.decayed.ravel()})
    return {"integers": integers, "decayed": decayed, "appended_us": Value(int64_val=appended_us)}


def from_values(values: Mapping[str, Value] | None) -> tuple[Profile, int] | None:
    """The profile and its `appended_us`; None where nothing is stored, or what no profile of this version can be."""
    if values is None:
        return None
    integers = values["integers"].int64_list_val.val
    decayed = values["decayed"].double_list_val.val
    if len(integers) != len(INTEGERS) or len(decayed) != _SHAPE[0] * _SHAPE[1]:
        return None
    sums = np.fromiter(decayed, dtype=np.float64, count=len(decayed)).reshape(_SHAPE)
    if not np.isfinite(sums).all():
        return None
    return Profile(tuple(integers), sums), values["appended_us"].int64_val
