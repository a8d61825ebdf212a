"""Trains the click model on rows that differ in vectors alone, and says how the vectors differ on rows unseen.

Three parts of the shoppers: 60 % to learn from, 20 % to calibrate, 20 % to measure. Each figure is the mean over two
seeds, so that what one run's first weights do to it is less than what the vectors do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from services.models.ctr.network import ClickModel
from services.training.click_figures import log_losses
from services.training.click_rows import ClickRows, Split, split_by_shopper
from services.training.own_log_job import recipe_for
from services.training.recipes import ClickRecipe
from services.training.train_ctr import ClickRun, calibrate, logits, predictions
from tests.statistics.training.vectors.paired import Line, mean_gain

Floats = NDArray[np.float64]
SEEDS: Final = (20, 21)
_MEASURED: Final = 0.2
_CALIBRATED: Final = 0.25  # of the others
_MOST_EPOCHS: Final = 20


def parted(rows: ClickRows) -> Split:
    """Rows to learn from and to calibrate, and rows of other shoppers to measure."""
    return split_by_shopper(rows, _MEASURED, seed=1)


def own_recipe(rows: int) -> ClickRecipe:
    """As a shop learns from its own log, and with names hidden now and then: new ads are asked about too."""
    recipe = recipe_for(rows)
    return replace(recipe, newcomers=ClickRecipe().newcomers, epochs=min(recipe.epochs, _MOST_EPOCHS))


def learnt(rows: ClickRows, recipe: ClickRecipe) -> list[ClickModel]:
    """A calibrated model of each seed."""
    models = []
    for seed in SEEDS:
        split = split_by_shopper(rows, _CALIBRATED, seed)
        run = ClickRun(replace(recipe, seed=seed), split.train)
        for _ in run.epochs():
            pass
        calibrate(run.model, logits(run.model, split.test), split.test.clicked.double().numpy())
        models.append(run.model.eval())
    return models


def losses(models: Sequence[ClickModel], rows: ClickRows) -> Floats:
    """Log loss of each row (N,), the mean of the models'."""
    clicked = rows.clicked.double().numpy()
    mean: Floats = np.mean([log_losses(predictions(model, rows), clicked) for model in models], axis=0)
    return mean


def loss_line(question: str, name: str, models: Mapping[str, list[ClickModel]], rows: Mapping[str, ClickRows]) -> Line:
    """The log loss of vectors `name` against words, on the same rows."""
    words, value = (losses(models[each], rows[each]) for each in ("words", name))
    shopper = rows[name].shopper.numpy()
    gain = mean_gain(words - value, shopper)
    return Line(question, name, "log loss", float(words.mean()), float(value.mean()), gain)


def scores(models: Sequence[ClickModel], dense: NDArray[np.float32], categories: NDArray[np.int64]) -> Floats:
    """Served scores (S, C) of C candidates, one row a model."""
    with torch.inference_mode():
        served = [model.serve(torch.from_numpy(dense), torch.from_numpy(categories))[0][:, 0] for model in models]
    found: Floats = torch.stack(served).double().numpy()
    return found
