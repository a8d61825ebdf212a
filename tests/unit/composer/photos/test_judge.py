"""Each measure of a cut-out speaks against what it is there for, and against nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from services.composer.photos.colour_model import settled
from services.composer.photos.cut_out import Alpha
from services.composer.photos.judge import judged


def boxes(*boxes: tuple[int, int, int, int], strength: float = 1.0) -> Alpha:
    """A mask of 320 that is `strength` in the boxes."""
    mask = np.zeros((320, 320), dtype=np.float32)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = strength
    return mask


GOOD = boxes((100, 100, 220, 220))


def test_a_sure_mask_is_good_and_so_is_a_pair_of_shoes() -> None:
    pair = boxes((60, 100, 140, 220), (170, 100, 240, 220))
    assert (judged(GOOD, GOOD, GOOD).quality, judged(pair, pair, pair).quality) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("mask", "again", "final", "words"),
    [
        (GOOD, boxes((100, 100, 220, 160)), GOOD, "two looks"),
        (GOOD + boxes((0, 0, 90, 90), strength=0.5), GOOD, GOOD, "neither surely product"),
        (GOOD, GOOD, GOOD - boxes((110, 110, 150, 150), strength=0.5), "half there"),
        (boxes((0, 0, 30, 30)),) * 3 + ("small in the photo",),
        (boxes((0, 0, 320, 310)),) * 3 + ("nearly all",),
        (boxes((0, 60, 200, 320)),) * 3 + ("cut off",),
        (boxes((50, 100, 200, 220), (230, 100, 260, 150), (230, 160, 260, 220)),) * 3 + ("falls apart",),
    ],
)
def test_what_is_wrong_with_a_mask_is_said(mask: Alpha, again: Alpha, final: Alpha, words: str) -> None:
    found = judged(mask, again, final)
    assert found.quality < 0.5
    assert words in found.why


def test_a_part_that_one_look_misses_is_settled_by_its_colour() -> None:
    rgb = np.zeros((320, 320, 3), dtype=np.float32)
    rgb[..., 2] = 0.8  # a blue ground
    rgb[100:220, 100:220] = (0.8, 0.1, 0.1)
    half = boxes((100, 100, 220, 160))
    beside = boxes((100, 100, 220, 220), (240, 100, 300, 160))  # and it sees some of the ground too
    mean = settled(rgb, half, beside)[2]
    assert mean[110:210, 110:210].min() > 0.8
    assert mean[105:155, 245:295].max() < 0.2
