"""Numbers that are added as they lie in memory are those that are added one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Bug
from services.common.packed import add_packed


@given(st.lists(st.floats()), st.lists(st.floats(width=32)))
def test_a_message_has_the_numbers_of_its_arrays(doubles: list[float], floats: list[float]) -> None:
    scores, features = np.array(doubles, dtype=np.float64), np.array(floats, dtype=np.float32)
    message = Impression(creative_id="c-1", draws=7)
    add_packed(message, {"scores": scores, "features": features})
    expected = Impression(creative_id="c-1", draws=7, scores=doubles, features=floats)
    assert message.SerializeToString(deterministic=True) == expected.SerializeToString(deterministic=True)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("scores", np.zeros(2, dtype=np.float32)),
        ("categories", np.zeros(2, dtype=np.int64)),  # varints on the wire
        ("propensity", np.zeros(2)),
    ],
)
def test_another_kind_of_number_is_our_mistake(name: str, array: NDArray[Any]) -> None:
    with pytest.raises(Bug, match=name):
        add_packed(Impression(), {name: array})
