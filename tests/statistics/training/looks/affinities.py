"""What a shopper's clicks on ads tell of each element by itself: eight numbers an ad, one a kind of element; pure.

For each value e of an element, over a shopper's settled impressions with it: k_e clicks of n_e that were expected (by
the loop's click probabilities without the taste). With the shopper's readiness m to click anything,

    m = (k + K) / (n + K),    affinity_e = log((k_e + K) / (m n_e + K))

shrunk towards 0 by K expected clicks. An ad's log rate is raised by sum_j w_j affinity_{e_j} + w_0 log m, with
weights learnt from other shoppers' clicks. k_e and n_e are sums over settled impressions: they depend on the set of
events only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from services.features.creative_columns import ELEMENTS
from tests.statistics.training.looks.tastes import Seen, Words, loss_of

Floats = NDArray[np.float64]
SHRUNK: Final = 5.0
"""K: that of a factor whose logarithm deviates by .45 among shoppers, as 1.5 and 1 / 1.5 of the truth about do."""


@dataclass(frozen=True, slots=True, eq=False)
class Affinities:
    """Weights of the affinities, for C ads."""

    looks: Floats  # (C, E), the last column 1
    weights: Floats  # (E,), each value's that of its element, the last that of log m

    def of_a_shopper(self) -> Counts:
        """Of one of whom nothing is known."""
        return Counts(self)


class Counts:
    """What is kept of one shopper: clicks and expected clicks by value, in all at the end."""

    def __init__(self, shop: Affinities) -> None:
        self._shop = shop
        self.clicks: Floats = np.zeros(len(shop.weights))
        self.expected: Floats = np.zeros(len(shop.weights))

    def add(self, ad: int, expected: float, clicked: bool) -> None:
        """One more settled impression."""
        self.expected += expected * self._shop.looks[ad]
        self.clicks += clicked * self._shop.looks[ad]

    def shifts(self) -> Floats:
        """By how much the log rate of each ad is raised, (C,)."""
        found: Floats = self._shop.looks @ (self._shop.weights * affinities(self.clicks, self.expected))
        return found


def affinities(clicks: Floats, expected: Floats) -> Floats:
    """Of each value, log m last, (E,)."""
    ready = (clicks[-1] + SHRUNK) / (expected[-1] + SHRUNK)
    found: Floats = np.log((clicks + SHRUNK) / (ready * expected + SHRUNK))
    found[-1] = np.log(ready)
    return found


def weights_learnt(seen: Seen, words: Words) -> Floats:
    """The weights (E,) that these impressions teach."""
    kinds = np.array([ELEMENTS.index(name) for name, _ in words.at] + [len(ELEMENTS)])
    inputs, clicked = torch.from_numpy(_inputs(seen, kinds)), torch.from_numpy(seen.clicked)
    expected = torch.from_numpy(seen.expected)
    weights = torch.zeros(len(ELEMENTS) + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=50, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss_of(inputs @ weights, expected, clicked).mean()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    found: Floats = weights.detach().numpy()[kinds]
    return found


def _inputs(seen: Seen, kinds: NDArray[np.int64]) -> Floats:
    """Affinities of each impression's ad by kind of element before it, (N, 9)."""
    N, E = seen.looks.shape
    inputs = np.zeros((N, len(ELEMENTS) + 1))
    clicks, expected = np.zeros(E), np.zeros(E)
    for row in range(N):
        if not row or seen.shopper[row] != seen.shopper[row - 1]:
            clicks, expected = np.zeros(E), np.zeros(E)
        np.add.at(inputs[row], kinds, seen.looks[row] * affinities(clicks, expected))
        expected += seen.expected[row] * seen.looks[row]
        clicks += seen.clicked[row] * seen.looks[row]
    return inputs
