"""`adloom train ctr` from start to end: traffic, the model and a blind one, figures, files for Triton."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from services.features.vector import DENSE_FEATURES, FEATURE_VERSION
from services.models import manifest
from services.models.ctr.network import ClickModel
from services.models.export import Provenance, Servable, export
from services.models.tensors import CTR
from services.training import checkpoint
from services.training.card import write_card
from services.training.click_figures import log_losses, mean_by_shopper, normalised_entropy, tenths
from services.training.click_rows import ClickRows, Split, blinded, folds_by_shopper, split_by_shopper
from services.training.recipes import ClickRecipe, TrafficRecipe
from services.training.train_ctr import ClickRun, calibrate, logits, predictions

Show = Callable[[str, float], None]
"""Called with the name of the current stage and the share of it that is done."""

TrafficOf = Callable[[TrafficRecipe, Path, Callable[[int, int], None]], ClickRows]
"""Gives the training rows of a recipe, from a cache folder and a callback for progress (rows done, rows in all)."""

REFERENCE_ROWS = 64


def train_ctr(
    recipe: ClickRecipe, traffic_of: TrafficOf, work_dir: Path, repository: Path, show: Show
) -> manifest.Manifest:
    """Trains, measures and exports the click model; after an interruption the next call resumes.

    Traffic and checkpoints are kept in `work_dir`; the result is the model's folder in `repository`.
    """
    traffic = traffic_of(recipe.traffic, work_dir, lambda done, total: show("traffic", done / total))
    split = split_by_shopper(traffic, recipe.test_share, recipe.seed)
    model = trained(recipe, split.train, work_dir / "model", lambda share: show("model", share))
    blind = trained(recipe, blinded(split.train), work_dir / "blind", lambda share: show("blind model", share))
    figures = measure(split.test, predictions(model, split.test), predictions(blind, blinded(split.test)))
    reference = split.test.take(spread(len(split.test), REFERENCE_ROWS))
    facts = export(
        model,
        Servable(CTR, model.serve, [reference.dense, reference.categories]),
        Provenance(
            _described(recipe, split),
            "adloom train ctr",
            asdict(recipe) | {"feature_version": FEATURE_VERSION},
            figures,
        ),
        manifest.folder_of(CTR.name, repository=repository),
    )
    write_card(facts, repository)
    return facts


def measure(test: ClickRows, predicted: np.ndarray, blind: np.ndarray) -> dict[str, object]:
    """Every figure of the card, on the test shoppers."""
    clicked, shopper = test.clicked.double().numpy(), test.shopper.numpy()
    truth = test.probability.numpy()
    rng = np.random.default_rng(0)
    losses, blind_losses = log_losses(predicted, clicked), log_losses(blind, clicked)
    gain = mean_by_shopper(blind_losses - losses, shopper, rng)
    known = test.dense[:, DENSE_FEATURES.index("known")].numpy() > 0.0
    gain_of_known = mean_by_shopper((blind_losses - losses)[known], shopper[known], rng)
    groups = tenths(predicted, clicked, shopper, rng)
    possible = float(blind_losses.mean() - log_losses(truth, clicked).mean())
    return {
        "impressions": len(test),
        "shoppers": len(np.unique(shopper)),
        "click_rate": float(clicked.mean()),
        "log_loss": float(losses.mean()),
        "normalised_entropy": normalised_entropy(predicted, clicked),
        "blind_log_loss": float(blind_losses.mean()),
        "blind_normalised_entropy": normalised_entropy(blind, clicked),
        "gain_over_blind": asdict(gain),
        "gain_over_blind_with_a_profile": asdict(gain_of_known),
        "share_of_possible_gain": gain.value / possible,
        "mean_error_against_truth": float(np.abs(predicted - truth).mean()),
        "tenths": [asdict(group) | {"calibrated": group.calibrated} for group in groups],
    }


def trained(recipe: ClickRecipe, rows: ClickRows, folder: Path, show: Callable[[float], None]) -> ClickModel:
    """A model trained on all rows; its calibration is fitted on cross-fitted predictions (a fold's come from models
    that were trained on the other folds)."""
    fold = folds_by_shopper(rows, recipe.folds, recipe.seed)
    unseen = np.empty(len(rows))
    for at in range(recipe.folds):
        others = _run(recipe, rows.take(fold != at), folder / f"fold-{at}.checkpoint")
        unseen[(fold == at).numpy()] = logits(others, rows.take(fold == at))
        show((at + 1) / (recipe.folds + 1))
    model = _run(recipe, rows, folder / "all.checkpoint")
    calibrate(model, unseen, rows.clicked.double().numpy())
    show(1.0)
    return model


def _run(recipe: ClickRecipe, rows: ClickRows, path: Path) -> ClickModel:
    run = ClickRun(recipe, rows)
    state = checkpoint.load(path, recipe)
    if state is not None:
        run.restore(state)
    for _ in run.epochs():
        checkpoint.save(path, recipe, run.state())
    return run.model.eval()


def spread(count: int, wanted: int) -> torch.Tensor:
    """`wanted` indices from the first to the last of `count` rows."""
    return torch.linspace(0, count - 1, wanted).long()


def _described(recipe: ClickRecipe, split: Split) -> str:
    traffic = recipe.traffic
    return (
        f"simulated traffic of services/simulator/shoppers (truth seed {traffic.truth_seed}, seed {traffic.seed}, "
        f"{traffic.shoppers} shoppers over {traffic.days} days, creatives chosen uniformly); {len(split.train)} "
        f"impressions to train on and, cross-fitted over {recipe.folds} folds of shoppers, to calibrate; "
        f"{len(split.test)} of other shoppers to measure"
    )
