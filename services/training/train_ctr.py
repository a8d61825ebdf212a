"""Trains the click model: log loss with AdamW for a fixed number of epochs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from services.features.creative_columns import NAMES
from services.features.vector import CATEGORIES
from services.models.ctr.network import ClickModel, names_in
from services.training import calibration
from services.training.click_rows import ClickRows
from services.training.recipes import ClickRecipe

_CHUNK = 16_384
_UNKNOWN = NAMES - 1  # the number of a name that no name has, but for one in four thousand millions
_NAMED = torch.tensor([category.size == NAMES for category in CATEGORIES])
_SHOPS_OWN = torch.tensor([category.size == NAMES and not category.table for category in CATEGORIES])  # not elements


@dataclass(frozen=True, slots=True)
class ClickEpoch:
    """What one epoch of training reached."""

    epoch: int
    log_loss: float  # mean over the training rows, as the weights were when each batch was seen


class ClickRun:
    """A training run that can be stepped an epoch at a time, saved and resumed."""

    def __init__(self, recipe: ClickRecipe, rows: ClickRows) -> None:
        torch.manual_seed(recipe.seed)  # the first weights, and dropout
        self.recipe = recipe
        self.chance = torch.Generator().manual_seed(recipe.seed)
        self.model = ClickModel(recipe.dropout, names_in(rows.categories))
        self.model.know(rows.categories)
        self.model.leave_out(recipe.left_out)
        self.model.standardise_by(rows.dense)
        self.epoch = 0
        self._rows = rows
        self._optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )

    def state(self) -> dict[str, object]:
        """Everything that a resumed run needs."""
        return {
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "epoch": self.epoch,
            "chance": self.chance.get_state(),
            "dropout": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, object]) -> None:
        """Resumes from `state`."""
        chance, dropout, epoch = state["chance"], state["dropout"], state["epoch"]
        assert isinstance(chance, Tensor) and isinstance(dropout, Tensor) and isinstance(epoch, int)
        self.model.load_state_dict(state["model"])  # type: ignore[arg-type]
        self._optimiser.load_state_dict(state["optimiser"])  # type: ignore[arg-type]
        self.chance.set_state(chance)
        torch.set_rng_state(dropout)
        self.epoch = epoch

    def epochs(self) -> Iterator[ClickEpoch]:
        """Trains to the end of the recipe, one epoch at a time."""
        while self.epoch < self.recipe.epochs:
            loss = self._one_epoch()
            self.epoch += 1
            yield ClickEpoch(self.epoch, loss)

    def _one_epoch(self) -> float:
        self.model.train()
        order = torch.randperm(len(self._rows), generator=self.chance)
        batches = order.split(self.recipe.batch)  # type: ignore[no-untyped-call]
        total = 0.0
        for number, rows in enumerate(batches):
            self._set_learning_rate(self.epoch + number / len(batches))
            shown = self._with_hidden_names(self._rows.categories[rows])
            logit, _ = self.model(self._rows.dense[rows], shown)
            loss = functional.binary_cross_entropy_with_logits(logit[:, 0], self._rows.clicked[rows])
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimiser.step()
            total += float(loss.detach()) * len(rows)
        return total / len(self._rows)

    def _with_hidden_names(self, categories: Tensor) -> Tensor:
        """The categories (B, K) with some names replaced by one that the model does not know."""
        strangers = torch.rand(len(categories), 1, generator=self.chance) < self.recipe.strangers
        newcomers = torch.rand(categories.shape, generator=self.chance) < self.recipe.newcomers
        return torch.where((strangers & _SHOPS_OWN) | (newcomers & _NAMED), _UNKNOWN, categories)

    def _set_learning_rate(self, epochs: float) -> None:
        share = 0.5 + 0.5 * math.cos(math.pi * epochs / self.recipe.epochs)
        self._optimiser.param_groups[0]["lr"] = self.recipe.learning_rate * share


def logits(model: ClickModel, rows: ClickRows) -> NDArray[np.float64]:
    """Uncalibrated logits (N,)."""
    model.eval()
    with torch.inference_mode():
        chunks = torch.arange(len(rows)).split(_CHUNK)  # type: ignore[no-untyped-call]
        parts = [model(rows.dense[chunk], rows.categories[chunk])[0][:, 0] for chunk in chunks]
    array: NDArray[np.float64] = torch.cat(parts).double().numpy()
    return array


def calibrate(model: ClickModel, unseen_logit: NDArray[np.float64], clicked: NDArray[np.float64]) -> None:
    """Fits the model's calibration to logits (N,) that models gave for rows they were not trained on."""
    found = calibration.fit(unseen_logit, clicked)
    model.calibration.copy_(torch.tensor([found.scale, found.shift, found.floor]))


def predictions(model: ClickModel, rows: ClickRows) -> NDArray[np.float64]:
    """Calibrated click probabilities (N,), as served."""
    return calibration.Calibration(*model.calibration.tolist()).probability(logits(model, rows))
