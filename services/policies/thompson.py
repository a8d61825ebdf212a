"""Thompson sampling by a fixed number of seeded draws, mixed with a floor.

    n_i = #{s : i = argmax_j mean_j + sd_j * z_sj, s = 1..S},    p_i = (1 - C f) n_i / S + f,    f = EXPLORATION / C

The vector is what the draw is made from, so it is exact whatever S is: S only sets how closely it follows the posterior
probability of being best (standard error at most 1 / (2 sqrt S)). An arm whose mean + 2 sd lies below the guard's
mean - 2 sd is surely worse than the guard and hands its n_i to it; it keeps its floor.
Source: Thompson 1933; Russo et al. 2018, "A tutorial on Thompson sampling", section 3.
"""

from __future__ import annotations

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.policies.arms import NO_GUARD, Arms, Floats
from services.policies.normal_quantiles import normals, words_needed

DRAWS: Final = 256
EXPLORATION: Final = 0.05
"""Share of traffic that the floor spreads evenly over the arms."""

_AT_ONCE: Final = 16_384  # samples that a processor's cache holds
_SURE: Final = 2.0  # standard deviations on either side


def exploration_floor(count: int) -> float:
    """The smallest probability that any of `count` arms has."""
    return EXPLORATION / count


def vector_words(count: int, draws: int) -> int:
    """How many random words `probabilities` takes for `count` arms."""
    return words_needed(count * draws)


def probabilities(arms: Arms, words: NDArray[np.uint64], least: float, draws: int = DRAWS) -> Floats:
    """The vector (C,): sums to 1 within 1e-12, no entry below `least`."""
    C, S = len(arms.creative_ids), draws
    deviations = np.sqrt(arms.variances)
    wins = np.bincount(_winners(arms.means, deviations, words, S), minlength=C)  # (C,)
    if arms.guard_index != NO_GUARD:
        wins = _guarded(wins, arms.means, deviations, arms.guard_index)
    return (1.0 - C * least) * wins / S + least


def _winners(means: Floats, deviations: Floats, words: NDArray[np.uint64], S: int) -> NDArray[np.intp]:
    """The arm with the largest sample in each draw, (S,); the first of equal ones.

    Some draws at a time, in memory that is kept: fresh pages for all samples of 256 arms take longer than the sums.
    """
    C, scratch = len(means), _SCRATCH.of(max(len(means), _AT_ONCE))
    step = min(S, len(scratch) // C)
    winners = np.empty(S, dtype=np.intp)
    for at in range(0, S, step):
        some = min(step, S - at)
        samples = normals(words, some * C, at * C, scratch).reshape(some, C)
        samples *= deviations
        samples += means
        samples.argmax(axis=1, out=winners[at : at + some])
    return winners


class _Scratch(threading.local):
    """Memory of one thread."""

    def __init__(self) -> None:
        self._kept = np.empty(0)

    def of(self, size: int) -> Floats:
        if len(self._kept) < size:
            self._kept = np.empty(size)
        return self._kept[:size]


_SCRATCH: Final = _Scratch()


def _guarded(wins: NDArray[np.intp], means: Floats, deviations: Floats, guard: int) -> NDArray[np.intp]:
    worse = means + _SURE * deviations < means[guard] - _SURE * deviations[guard]  # (C,), never the guard itself
    kept = np.where(worse, 0, wins)
    kept[guard] += wins[worse].sum()
    return kept
