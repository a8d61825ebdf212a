"""What a shopper's clicks on ads tell of a taste for looks: a small Bayesian linear model a shopper; pure.

An ad i has elements; x_i (E,) says which, and a last 1 for the shopper's readiness to click anything. With p_t the
click probability that the loop believed without the taste, c_t the click, and v_t = x_t B (r,):

    click rate = p_t * exp(v_t . z),    z ~ N(0, I) of each shopper
    g = sum_t (c_t - p_t) v_t,    H = sum_t p_t v_t v_t^T,    z ~= (I + H)^-1 g

one Newton step from zero, which assumes |v . z| small. g and H are sums over settled impressions, so they depend on the
set of events only, and can decay like every other sum of a profile. B (E, r) is shared by all shoppers (and shops) and
learnt from the clicks of others, end to end: the loss is that of c_t under sums of the impressions before t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from services.features.creative_columns import ELEMENTS

Floats = NDArray[np.float64]
RANK: Final = 4
_STEPS: Final = 150
_RATE: Final = 0.02
_PULL: Final = 1e-3  # on the squares of B, in nats an impression
_FIRST: Final = 0.1  # deviation of B's first values


@dataclass(frozen=True, slots=True)
class Seen:
    """N settled impressions in order of time within a shopper, shopper by shopper."""

    looks: Floats  # (N, E)
    expected: Floats  # (N,), the click probability without the taste
    clicked: Floats  # (N,), 0 or 1
    shopper: NDArray[np.int64]  # (N,)


class Words:
    """The values of elements, as columns; a value that it does not know has none."""

    def __init__(self, elements: Sequence[Mapping[str, str]]) -> None:
        values = {(name, one[name]) for one in elements for name in ELEMENTS if one.get(name)}
        self.at: Final = {value: index for index, value in enumerate(sorted(values))}

    def matrix(self, elements: Sequence[Mapping[str, str]]) -> Floats:
        """(C, E): one for each value that an ad has, and a last column of ones."""
        found = np.zeros((len(elements), len(self.at) + 1))
        found[:, -1] = 1.0
        for row, one in enumerate(elements):
            for name in ELEMENTS:
                column = self.at.get((name, one.get(name, "")))
                if column is not None:
                    found[row, column] = 1.0
        return found


@dataclass(frozen=True, slots=True, eq=False)
class LinearTastes:
    """The model for C ads."""

    v: Floats  # (C, r)

    def of_a_shopper(self) -> Sums:
        """Of one of whom nothing is known."""
        return Sums(self)


class Sums:
    """What is kept of one shopper: g and H."""

    def __init__(self, shop: LinearTastes) -> None:
        rank = shop.v.shape[1]
        self._shop = shop
        self.g: Floats = np.zeros(rank)
        self.h: Floats = np.zeros((rank, rank))

    def add(self, ad: int, expected: float, clicked: bool) -> None:
        """One more settled impression."""
        v = self._shop.v[ad]
        self.g += (clicked - expected) * v
        self.h += expected * np.outer(v, v)

    def shifts(self) -> Floats:
        """By how much the log rate of each ad is raised, (C,)."""
        found: Floats = self._shop.v @ np.linalg.solve(np.eye(len(self.g)) + self.h, self.g)
        return found


def learnt(seen: Seen, seed: int) -> Floats:
    """B (E, r) of these impressions."""
    rows = _Rows.of(seen)
    torch.manual_seed(seed)
    b = (torch.randn(seen.looks.shape[1], RANK, dtype=torch.float64) * _FIRST).requires_grad_()
    optimiser = torch.optim.Adam([b], lr=_RATE)
    for _ in range(_STEPS):
        optimiser.zero_grad()
        (loss_of(rows.shifts(b), rows.expected, rows.clicked).mean() + _PULL * (b**2).sum()).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found: Floats = b.detach().numpy()
    return found


def shifts(seen: Seen, b: Floats) -> Floats:
    """By how much each impression's log rate is raised by what the ones before it told, (N,)."""
    found: Floats = _Rows.of(seen).shifts(torch.from_numpy(b)).numpy()
    return found


def loss_of(shift: Tensor, expected: Tensor, clicked: Tensor) -> Tensor:
    """Log loss (N,) of clicks, the rate kept below one."""
    rate = (expected * shift.exp()).clamp(1e-6, 0.95)
    return -(clicked * rate.log() + (1 - clicked) * (1 - rate).log())


@dataclass(frozen=True, slots=True)
class _Rows:
    looks: Tensor  # (N, E)
    expected: Tensor
    clicked: Tensor
    first: Tensor  # (N,), the row where the shopper begins

    @classmethod
    def of(cls, seen: Seen) -> _Rows:
        begins = np.concatenate([[True], seen.shopper[1:] != seen.shopper[:-1]])
        first = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
        return cls(*(torch.from_numpy(each) for each in (seen.looks, seen.expected, seen.clicked, first)))

    def shifts(self, b: Tensor) -> Tensor:
        v = self.looks @ b  # (N, r)
        g = self._before((self.clicked - self.expected)[:, None] * v)
        h = self._before(self.expected[:, None, None] * v[:, :, None] * v[:, None, :])  # (N, r, r)
        z = torch.linalg.solve(h + torch.eye(b.shape[1], dtype=b.dtype), g)
        found: Tensor = (v * z).sum(dim=1)
        return found

    def _before(self, terms: Tensor) -> Tensor:
        """Sums over the shopper's rows before each."""
        total = torch.cat([torch.zeros_like(terms[:1]), terms.cumsum(dim=0)])  # before row n
        before: Tensor = total[:-1] - total[self.first]
        return before
