"""Sums that test whether choices are as frequent as logged, where each decision may have a vector of its own.

Let p_t be the vector logged for decision t before its choice c_t was known, and e_t the unit vector of c_t. If the
vectors are true, D = sum_t (e_t - p_t) is a martingale, however the vectors depend on the past, with the covariance
V = sum_t (diag p_t - p_t p_t'), so that D' V^- D is nearly chi-square. The same holds in other coordinates: by rank of
probability within the decision, and by the choice before. For any number f_t(i) that is known before the choice,

    z = sum_t (f_t(c_t) - E f_t) / sqrt(sum_t Var f_t),    E f_t = sum_i p_t(i) f_t(i)

is nearly standard normal: f = p detects vectors that are too flat or too steep, f = 1 / p those without a floor, and
f = 1{i = c_(t-1)} a dependence on the choice before. Sums of cases can be added, which detects deviations that are
small in each case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.policies.arms import Floats

_LEAST_VARIANCE = 40.0  # cells with a smaller variance are merged into one


@dataclass(frozen=True, slots=True)
class Drawn:
    """n decisions of one kind, in order."""

    vectors: Floats  # (n, C), as logged, 0 for what could not be chosen
    choices: NDArray[np.int64]  # (n,)
    before: NDArray[np.int64]  # (n,), the choice of the slot before, else of the decision before; -1: none


@dataclass(slots=True)
class Cells:
    """D and V by cells of a partition of the possible choices."""

    off: Floats  # (K,)
    covariance: Floats  # (K, K)

    def __add__(self, other: Cells) -> Cells:
        size = max(len(self.off), len(other.off))
        a, b = (np.pad(cells.off, (0, size - len(cells.off))) for cells in (self, other))
        u, v = (np.pad(cells.covariance, (0, size - len(cells.off))) for cells in (self, other))
        return Cells(a + b, u + v)

    def p_value(self) -> float:
        """The p value of the chi-square statistic; 1 where no choice could vary."""
        off, covariance = self._merged()
        spread, directions = np.linalg.eigh(covariance)
        kept = spread > 1e-9 * max(float(spread.max(initial=0.0)), 1.0)
        if not kept.any():
            return 1.0 if np.allclose(off, 0.0, atol=1e-6) else 0.0
        along = directions[:, kept].T @ off
        return float(stats.chi2.sf(float((along**2 / spread[kept]).sum()), int(kept.sum())))

    def _merged(self) -> tuple[Floats, Floats]:
        """Merges cells of small variance, because the chi-square approximation needs large expected counts."""
        small = np.diag(self.covariance) < _LEAST_VARIANCE
        K = len(self.off)
        into = np.eye(K)[~small]
        if small.any():
            into = np.vstack([into, small.astype(np.float64)])
        return into @ self.off, into @ self.covariance @ into.T


@dataclass(slots=True)
class Score:
    """The numerator and the squared denominator of a z."""

    off: float = 0.0
    variance: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(self.off + other.off, self.variance + other.variance)

    def p_value(self) -> float:
        """The p value of a two-sided normal test; 1 where no choice could vary."""
        if self.variance < 1e-9:
            return 1.0 if abs(self.off) < 1e-6 else 0.0
        return float(2 * stats.norm.sf(abs(self.off) / self.variance**0.5))


@dataclass(slots=True)
class Sums:
    """All test sums of some decisions."""

    decisions: int = 0
    cells: dict[str, Cells] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)

    def __add__(self, other: Sums) -> Sums:
        cells = {name: self.cells[name] + made if name in self.cells else made for name, made in other.cells.items()}
        scores = {name: self.scores.get(name, Score()) + made for name, made in other.scores.items()}
        return Sums(self.decisions + other.decisions, {**self.cells, **cells}, {**self.scores, **scores})

    def p_values(self) -> dict[str, float]:
        """The p value of each test, by name."""
        tests: dict[str, Cells | Score] = {**self.cells, **self.scores}
        return {name: made.p_value() for name, made in tests.items()}


def sums_of(drawn: Drawn) -> Sums:
    """The test sums of `drawn`."""
    p, n = drawn.vectors, len(drawn.choices)
    order = np.argsort(-p, axis=1, kind="stable")
    rank = np.argmax(order == drawn.choices[:, None], axis=1)
    with np.errstate(divide="ignore"):
        weights = np.where(p > 0, 1 / p, 0.0)
    same = (np.arange(p.shape[1]) == drawn.before[:, None]).astype(np.float64)
    cells = {"arm": _cells(p, drawn.choices), "rank": _cells(np.take_along_axis(p, order, axis=1), rank)}
    for arm in range(min(p.shape[1], _BEFORE)):
        after = drawn.before == arm
        cells[f"arm after {arm}"] = _cells(p[after], drawn.choices[after])
    scores = {name: _score(p, f, drawn.choices) for name, f in (("p", p), ("1/p", weights), ("same", same))}
    return Sums(n, cells, scores)


_BEFORE = 6  # arms for which the choices that follow them are tested separately


def _cells(p: Floats, choices: NDArray[np.int64]) -> Cells:
    counts = np.bincount(choices, minlength=p.shape[1]).astype(np.float64)
    return Cells(counts - p.sum(axis=0), np.diag(p.sum(axis=0)) - p.T @ p)


def _score(p: Floats, f: Floats, choices: NDArray[np.int64]) -> Score:
    mean = (p * f).sum(axis=1)
    variance = (p * f * f).sum(axis=1) - mean**2
    return Score(float((f[np.arange(len(f)), choices] - mean).sum()), float(variance.sum()))
