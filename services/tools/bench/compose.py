"""How long an ad takes to be composed, its photo prepared, in processor time of one core; and how heavy it is."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from services.composer.brief import Brief
from services.composer.compose import composed
from services.composer.formats import FORMATS
from services.composer.photos.prepared_photo import CUT_OUT, PreparedPhoto
from services.composer.templates.read_template import templates
from services.tools.bench.figures import Figure

MOST_MS: Final = {"300x250": 30.0, "1080x1080": 120.0}
"""What is promised of the median."""

_SIDE: Final = 900  # pixels of a prepared photo
_COLOURS: Final = ("#2f4d73", "#c8553d", "#3f8f6b", "#d9c7a3", "#8a3b6b")
_KINDS: Final = ("image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class Timed:
    """One ad."""

    took_ms: float
    size_bytes: int


def compose_figures() -> list[Figure]:
    """The figures of all formats."""
    figures = []
    for format_ in FORMATS:
        timed = [one_of(format_, template, colour) for colour in _COLOURS for template in templates()]
        median = statistics.median(one.took_ms for one in timed)
        bound = ("promised", MOST_MS[format_]) if format_ in MOST_MS else ()
        figures.append(Figure(f"compose_p50_{format_}", median, "ms of one core, with encoding", *bound))
        heaviest = max(one.size_bytes for one in timed)
        figures.append(Figure(f"compose_heaviest_{format_}", heaviest, "bytes", "promised", 150_000))
    return figures


def one_of(format_: str, template: str, colour: str) -> Timed:
    """One ad as the studio makes it: words, a sale, a cut-out that no ad was made of before."""
    brief = Brief(
        format_, template, "other", colour, "Quilted winter coat with hood", "€89.00", "Shop now",
        regular_price="€129.00", description="Filled with recycled down, light and warm.",
    )  # fmt: skip
    photo = photo_of(colour)
    began = time.process_time()
    made = composed(brief, photo, _KINDS)
    return Timed((time.process_time() - began) * 1000, len(made.content))


def photo_of(colour: str) -> PreparedPhoto:
    """A shaded form with the texture of a photo."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    y, x = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    grain = np.random.RandomState(7).normal(1.0, 0.03, (_SIDE, _SIDE))
    light = np.clip((1.05 - 0.5 * (x**2 + y**2)) * grain, 0, 1.2)[:, :, None] * (red, green, blue)
    alpha = np.where(np.abs(x) ** 3 + np.abs(y) ** 3 < 1, 255, 0)[:, :, None]
    image = Image.fromarray(np.concatenate([np.clip(light, 0, 255), alpha], axis=2).astype(np.uint8))
    return PreparedPhoto(image, CUT_OUT, 1.0, "made", ((red, green, blue),), (0, 0, _SIDE, _SIDE), _SIDE, "", "")
