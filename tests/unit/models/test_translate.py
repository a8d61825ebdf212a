"""Texts and pictures are converted to and from tensors."""

import numpy as np
import pytest

from services.models.tensors import TEXT_BYTES
from services.models.translate import pictures, text_of_row, utf8_rows


@pytest.mark.parametrize("text", ["", "boots", "Füße – naß", "靴", "👢 winter"])
def test_text_survives_the_row(text: str) -> None:
    assert text_of_row(utf8_rows([text])[0].tobytes()) == text


@pytest.mark.parametrize("letter", ["a", "é", "靴", "👢"])
def test_long_text_is_cut_between_characters(letter: str) -> None:
    text = text_of_row(utf8_rows(["x" + letter * TEXT_BYTES])[0].tobytes())
    assert text == "x" + letter * ((TEXT_BYTES - 1) // len(letter.encode()))


def test_pictures_turn_planes_into_pixels() -> None:
    planes = np.zeros((1, 3, 2, 2), dtype=np.float32)
    planes[0, 0, 0, 1] = 1.0  # red, first row, second column
    assert pictures(planes)[0].tolist() == [[[0, 0, 0], [255, 0, 0]], [[0, 0, 0], [0, 0, 0]]]


def test_values_slightly_out_of_range_do_not_wrap_around() -> None:
    planes = np.array([-0.001, 1.001], dtype=np.float32).reshape(1, 1, 1, 2)
    assert pictures(planes).ravel().tolist() == [0, 255]
