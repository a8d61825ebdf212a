"""A photo that is small or blurred is shown where it does, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from services.composer.brief import Brief
from services.composer.compose import composition
from services.composer.photos.enlarged import DETAIL, LEAST_PART, detail_check
from services.composer.photos.prepared_photo import CUT_OUT, FRAMED, Kind, PreparedPhoto

BRIEF = Brief("1080x1080", "poster", "", "#3f6fb5", "Tall lamp", "€29.00", "Shop now")


def photo(side: int, kind: Kind = FRAMED, detail: int = 0) -> PreparedPhoto:
    noise = np.random.default_rng(1).integers(0, 255, (side, side, 4), dtype=np.uint8)
    noise[..., 3] = 255
    focus = (0, 0, side, side)
    return PreparedPhoto(Image.fromarray(noise), kind, 1.0, "", ((9, 9, 9),), focus, detail or side, "", "")


@pytest.mark.parametrize(
    ("kind", "scale", "detail", "passes"),
    [
        (FRAMED, 1.5, 100, True),
        (FRAMED, 1.6, 100, False),
        (FRAMED, 1.5, 90, False),  # somewhat blurred
        (FRAMED, 0.5, 40, True),  # which is not seen where it is shown small
        (CUT_OUT, 2.0, 100, True),
        (CUT_OUT, 2.0 / LEAST_PART, 100, True),  # it is drawn twice its size, and fills enough of its place
        (CUT_OUT, 2.1 / LEAST_PART, 100, False),
        (CUT_OUT, 1.0, 40, False),
    ],
)
def test_enlargement_is_bounded_by_the_detail(kind: Kind, scale: float, detail: int, passes: bool) -> None:
    check = detail_check(photo(100, kind, detail), scale)
    assert check.passes is passes
    assert (check.score <= check.threshold) is passes


@pytest.mark.parametrize("kind", [FRAMED, CUT_OUT])
def test_a_photo_of_64_pixels_fills_no_large_format_and_the_reason_is_said(kind: Kind) -> None:
    found = composition(BRIEF, photo(64, kind))
    assert found.image is None
    (check,) = found.verdict.checks
    assert (check.check, check.passes) == (DETAIL, False)
    assert check.why.startswith("the photo has 64 px, sharp as 64 px, where")


def test_the_same_photo_does_in_a_small_format_and_a_large_one_everywhere() -> None:
    small = composition(replace(BRIEF, format="320x50"), photo(64))
    assert small.image is not None
    for one in (small, composition(BRIEF, photo(800))):
        assert {check.check: check.passes for check in one.verdict.checks}[DETAIL]
