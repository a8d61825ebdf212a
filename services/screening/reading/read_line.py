"""The letters of a line, from the probability of each letter in each column (CTC, Graves et al. 2006); pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.screening.reading.find_lines import Planes, planes_of

HEIGHT: Final = 48  # pixels of a line, in which the reader was trained
_WIDEST: Final = 2_400  # pixels; a longer line is squeezed
_NARROWEST: Final = 320
_STEP: Final = 32  # widths are multiples of it, so that the runtime meets few shapes


def planes_of_line(line: Image.Image) -> Planes:
    """A line (3, 48, W), right of it nothing."""
    width = max(1, min(_WIDEST, round(line.width * HEIGHT / line.height)))
    scaled = planes_of(line.resize((width, HEIGHT), Image.Resampling.BICUBIC))
    padded = np.zeros((3, HEIGHT, max(_NARROWEST, -(-width // _STEP) * _STEP)), dtype=np.float32)
    padded[:, :, :width] = scaled
    return padded


def letters_of(probable: NDArray[np.float32], letters: Sequence[str]) -> tuple[str, float]:
    """The best letter of each column (W, letters), repetitions and the blank, which is the first, left out.

    >>> letters_of(np.eye(3, dtype=np.float32)[[0, 1, 1, 0, 1, 2]], ["", "o", "k"])
    ('ook', 1.0)
    """
    best = probable.argmax(axis=1)
    chosen = best != 0
    chosen[1:] &= best[1:] != best[:-1]
    if not chosen.any():
        return "", 0.0
    text = "".join(letters[index] for index in best[chosen])
    return text, float(probable[chosen].max(axis=1).mean())
