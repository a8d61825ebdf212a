"""The rows that the click model learns from, split by shopper, and the same rows without the shopper's features."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from services.features.vector import CATEGORIES, DENSE_FEATURES, MATCH_FEATURES, USER_FEATURES

# Features of the request that do not depend on the shopper.
_OF_THE_REQUEST = frozenset(
    ("hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "searching", "log_age_hours")
    + tuple(name for name in DENSE_FEATURES if name.startswith("device_"))
)
SHOPPER_FEATURES = tuple(name for name in USER_FEATURES + MATCH_FEATURES if name not in _OF_THE_REQUEST)
SHOPPER_CATEGORIES = ("segment",)


@dataclass(frozen=True, slots=True)
class ClickRows:
    """N impressions: the model's input, whether each was clicked, and by which shopper it was seen."""

    dense: Tensor  # (N, F) float32
    categories: Tensor  # (N, K) int64
    clicked: Tensor  # (N,) float32, 0 or 1
    shopper: Tensor  # (N,) int64
    probability: Tensor  # (N,) float64, the true click probability; for figures only, never an input of training

    def __len__(self) -> int:
        return len(self.clicked)

    def take(self, rows: Tensor) -> "ClickRows":
        """The rows that an index or a mask chooses."""
        return ClickRows(
            self.dense[rows], self.categories[rows], self.clicked[rows], self.shopper[rows], self.probability[rows]
        )


@dataclass(frozen=True, slots=True)
class Split:
    """Two sets of rows with no shopper in common."""

    train: ClickRows
    test: ClickRows


def split_by_shopper(rows: ClickRows, test_share: float, seed: int) -> Split:
    """Splits the shoppers, not the rows, so that figures on the test set are about unseen shoppers."""
    shoppers = _shuffled_shoppers(rows, seed)
    test = torch.isin(rows.shopper, shoppers[: round(len(shoppers) * test_share)])
    return Split(rows.take(~test), rows.take(test))


def folds_by_shopper(rows: ClickRows, folds: int, seed: int) -> Tensor:
    """The fold (N,) of each row, from 0 to below `folds`; a shopper's rows are all in one."""
    shoppers = _shuffled_shoppers(rows, seed)
    fold_of_shopper = torch.zeros(int(shoppers.max()) + 1, dtype=torch.int64)
    fold_of_shopper[shoppers] = torch.arange(len(shoppers)) % folds
    fold: Tensor = fold_of_shopper[rows.shopper]
    return fold


def _shuffled_shoppers(rows: ClickRows, seed: int) -> Tensor:
    shoppers: Tensor = torch.unique(rows.shopper)
    return shoppers[torch.from_numpy(np.random.default_rng(seed).permutation(len(shoppers)))]


def blinded(rows: ClickRows) -> ClickRows:
    """The same rows without features of the shopper: creative, product, placement, device and time remain."""
    dense, categories = rows.dense.clone(), rows.categories.clone()
    dense[:, [DENSE_FEATURES.index(name) for name in SHOPPER_FEATURES]] = 0.0
    categories[:, [at for at, category in enumerate(CATEGORIES) if category.name in SHOPPER_CATEGORIES]] = 0
    return ClickRows(dense, categories, rows.clicked, rows.shopper, rows.probability)
