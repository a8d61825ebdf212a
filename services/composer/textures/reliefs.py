"""Reliefs that repeat without a seam, of seeded noise: what a network is given to paint; (SIDE, SIDE), 0 to 1."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Relief = NDArray[np.float64]

SIDE: Final = 512
"""Pixels of a tile's side."""

_STONES: Final = 90
_FACE: Final = 26.0  # pixels from a joint to where a stone is flat
_INNER: Final = (0.15, 0.85)  # of the levels: a network paints neither black nor white well


def clouds() -> Relief:
    """Soft lumps of two sizes."""
    return _levelled(smooth_noise(1, 6) + 0.6 * smooth_noise(2, 18))


def waves() -> Relief:
    """Ripples that run aslant and waver."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    return _levelled(np.sin(2 * np.pi * (6 * y + 3 * x) + 1.6 * smooth_noise(5, 4)) + 0.3 * smooth_noise(6, 30))


def stones() -> Relief:
    """Cells of a Voronoi diagram on a torus, lower at their joints."""
    y, x = np.mgrid[:SIDE, :SIDE]
    away = [_around(x - left, y - top) for left, top in np.random.RandomState(3).uniform(0, SIDE, (_STONES, 2))]
    first, second = np.partition(np.stack(away), 1, axis=0)[:2]
    return _levelled(np.clip(second - first, 0, _FACE) / 6 + 0.5 * smooth_noise(4, 20))


def smooth_noise(seed: int, waves_across: float) -> Relief:
    """White noise without what is finer than so many waves across; mean 0, deviation 1."""
    white = np.random.RandomState(seed).normal(size=(SIDE, SIDE))  # its stream is frozen
    made: Relief = np.real(np.fft.ifft2(np.fft.fft2(white) * low_pass(waves_across)))
    return np.asarray((made - made.mean()) / made.std())


def low_pass(waves_across: float) -> Relief:
    """A Gaussian on the frequencies of a tile, as `numpy.fft` orders them."""
    waves_of = np.fft.fftfreq(SIDE, 1 / SIDE)
    return np.asarray(np.exp(-0.5 * (np.hypot(waves_of[:, None], waves_of[None, :]) / waves_across) ** 2))


def _around(across: NDArray[np.float64], down: NDArray[np.float64]) -> Relief:
    """The distance, past the edges where that is shorter."""
    shorter = [np.minimum(abs(one), SIDE - abs(one)) for one in (across, down)]
    return np.asarray(np.hypot(*shorter))


def _levelled(relief: Relief) -> Relief:
    low, high = np.percentile(relief, (1, 99))
    return np.asarray(_INNER[0] + np.clip((relief - low) / (high - low), 0, 1) * (_INNER[1] - _INNER[0]))
