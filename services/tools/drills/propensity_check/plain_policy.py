"""An independent implementation of the policies in plain Python, which imports nothing of `services`.

It follows the documented formulas: Philox-4x64-10 (Salmon et al. 2011) keyed by SHA-256(seed, 0, stream); twelve bits
of each 16-bit lane select a normal quantile; an arm's probability is its share of wins among the draws, mixed with the
floor; and 53 bits of another stream make the choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, count
from statistics import NormalDist

_MASK = 2**64 - 1
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Arms:
    """Posterior means and variances of C arms."""

    means: Sequence[float]
    variances: Sequence[float]
    guard: int = -1


def philox(seed: bytes, stream: str) -> Iterator[int]:
    """The endless 64-bit words of a stream of a seed."""
    digest = hashlib.sha256(seed + b"\0" + stream.encode()).digest()
    keys = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")
    for block in count(1):
        yield from _block(block, *keys)


def _block(number: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    x0, x1, x2, x3 = number & _MASK, number >> 64, 0, 0
    for _ in range(_ROUNDS):
        a, b = _MULTIPLIERS[0] * x0, _MULTIPLIERS[1] * x2
        x0, x1, x2, x3 = (b >> 64) ^ x1 ^ k0, b & _MASK, (a >> 64) ^ x3 ^ k1, a & _MASK
        k0, k1 = (k0 + _WEYL[0]) & _MASK, (k1 + _WEYL[1]) & _MASK
    return x0, x1, x2, x3


@cache
def _quantile(index: int) -> float:
    return NormalDist().inv_cdf((index + 0.5) / 4096)


def wins_of(arms: Arms, words: Iterator[int], draws: int) -> list[int]:
    """n_i: how many of the draws each arm wins; an arm that is surely worse than the guard gives its wins to it."""
    C, guard = len(arms.means), arms.guard
    deviations = [variance**0.5 for variance in arms.variances]
    numbers = (_quantile((word >> shift) % 4096) for word in words for shift in (0, 16, 32, 48))
    wins = [0] * C
    for _ in range(draws):
        row = [arms.means[i] + deviations[i] * next(numbers) for i in range(C)]
        wins[row.index(max(row))] += 1
    for i in range(C) if guard >= 0 else ():
        if arms.means[i] + 2 * deviations[i] < arms.means[guard] - 2 * deviations[guard]:
            wins[guard], wins[i] = wins[guard] + wins[i], 0
    return wins


def mixed(wins: Sequence[int], least: float) -> list[float]:
    """p_i = (1 - C least) n_i / draws + least."""
    return [(1 - len(wins) * least) * n / sum(wins) + least for n in wins]


def chosen(probabilities: Sequence[float], word: int) -> int:
    """The index selected by 53 bits of a word."""
    upto = list(accumulate(probabilities))
    u = (word >> 11) / 2**53 * upto[-1]
    return next((i for i, end in enumerate(upto) if u < end), len(upto) - 1)


def decided(arms: Arms, policy: str, seed: bytes) -> tuple[list[float], int]:
    """The vector and the choice of `uniform` or `thompson`."""
    C = len(arms.means)
    vector = [1 / C] * C
    if policy == "thompson":
        vector = mixed(wins_of(arms, philox(seed, "vector"), 256), 0.05 / C)
    return vector, chosen(vector, next(philox(seed, "choice")))
