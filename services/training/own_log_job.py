"""`adloom train ctr --log` from start to end: rows of the own log, the model, figures against the shipped one, files.

Learnt from are decisions until a moment, of all shoppers but those held out; measured is on decisions after it, of the
shoppers held out. So neither model has seen a row, a shopper or an hour that it is measured on. The model that was
measured is the one that is written: nothing that was not measured leaves here (law 9).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from services.common.errors import Misconfigured
from services.features.vector import DENSE_FEATURES, FEATURE_VERSION, TEXT_ENCODED
from services.models import manifest
from services.models.ctr.served import load
from services.models.export import Provenance, Servable, export
from services.models.tensors import CTR
from services.training.card import write_card
from services.training.click_figures import log_losses, mean_by_shopper, normalised_entropy, tenths
from services.training.click_rows import ClickRows, Split
from services.training.ctr_job import REFERENCE_ROWS, Show, spread, trained
from services.training.own_log import OwnRows
from services.training.recipes import ClickRecipe
from services.training.train_ctr import predictions

TEST_SHARE: Final = 0.3  # of the shoppers
TRAIN_SHARE: Final = 0.7  # of the rows, by time: later ones are for measuring
TRAIN_CLICKS: Final = 300  # each of the three folds that calibrate then has as many as the measurement
TEST_CLICKS: Final = 100  # of fewer, the click rate alone is not known to 10 % (one standard error)
_STEPS: Final = 1_500  # below this the network has not yet learnt what 400,000 rows would teach it in two epochs
_MOST_EPOCHS: Final = 40
_CHUNK: Final = 16_384


@dataclass(frozen=True, slots=True)
class Parted:
    """What is learnt from and what is measured on."""

    split: Split
    until: datetime  # of the decisions that are learnt from


def train_on_own_log(own: OwnRows, recipe: ClickRecipe, work_dir: Path, into: Path, show: Show) -> manifest.Manifest:
    """Trains, measures against the shipped weights, and writes a new version under `into`; promotes nothing.

    Raises `Misconfigured`, with the numbers, where there are too few clicks. After an interruption the next call on
    the same rows resumes.
    """
    parted = part(own)
    require_clicks(parted, own)
    split = parted.split
    recipe = replace(recipe, left_out=(*recipe.left_out, *untaught(split.train)))
    model = trained(recipe, split.train, work_dir / fingerprint(split.train), lambda share: show("model", share))
    shipped = manifest.folder_of(CTR.name)
    figures: dict[str, object] = {"shipped": manifest.read(shipped).version}
    figures |= against_shipped(split.test, predictions(model, split.test), served(shipped, split.test))
    reference = split.test.take(spread(len(split.test), REFERENCE_ROWS))
    facts = export(
        model,
        Servable(CTR, model.serve, [reference.dense, reference.categories]),
        Provenance(
            described(parted, own),
            "adloom train ctr --log",
            _recipe_facts(recipe, parted) | _encoder(recipe, own),
            figures,
        ),
        manifest.folder_of(CTR.name, next_version(into), into),
    )
    write_card(facts, into)
    return facts


def part(own: OwnRows) -> Parted:
    """Parts the rows by shopper and by time."""
    if not len(own.rows):
        return Parted(Split(own.rows, own.rows), datetime.fromtimestamp(0, UTC))
    until_ms = own.shown_ms[min(int(len(own.rows) * TRAIN_SHARE), len(own.rows) - 1)]
    early = own.shown_ms <= until_ms
    split = Split(own.rows.take(early & ~own.held_out), own.rows.take(~early & own.held_out))
    return Parted(split, datetime.fromtimestamp(int(until_ms) / 1000, UTC))


def require_clicks(parted: Parted, own: OwnRows) -> None:
    """Raises `Misconfigured` where a model could not be trained, or not be told from another."""
    train, test = (int(rows.clicked.sum()) for rows in (parted.split.train, parted.split.test))
    if train >= TRAIN_CLICKS and test >= TEST_CLICKS:
        return
    raise Misconfigured(
        f"The log gives {len(own.rows)} usable decisions: {len(parted.split.train)} with {train} clicks to learn from "
        f"({TRAIN_CLICKS} are needed), and {len(parted.split.test)} later ones of other shoppers with {test} clicks to "
        f"measure on ({TEST_CLICKS} are needed). Left out: {_listed(own)}. Nothing was trained."
    )


def recipe_for(rows: int) -> ClickRecipe:
    """The shipped model's recipe for one shop: all features, as it serves where it learnt; more epochs for few rows."""
    recipe = replace(ClickRecipe(), left_out=(), strangers=0.0)
    return replace(recipe, epochs=min(max(recipe.epochs, ceil(_STEPS * recipe.batch / max(rows, 1))), _MOST_EPOCHS))


def untaught(rows: ClickRows) -> list[str]:
    """Numbers that are the same in all rows: what they would do, once they vary, was never seen."""
    constant = rows.dense.amin(dim=0) == rows.dense.amax(dim=0)
    return [name for name, same in zip(DENSE_FEATURES, constant.tolist(), strict=True) if same]


def against_shipped(test: ClickRows, new: NDArray[np.float64], shipped: NDArray[np.float64]) -> dict[str, object]:
    """Figures of both models on the same rows (N,); intervals resample shoppers."""
    clicked, shopper, rng = test.clicked.double().numpy(), test.shopper.numpy(), np.random.default_rng(0)
    losses, shipped_losses = log_losses(new, clicked), log_losses(shipped, clicked)
    gain = mean_by_shopper(shipped_losses - losses, shopper, rng)
    return {
        "impressions": len(test),
        "shoppers": shoppers(test),
        "clicks": int(clicked.sum()),
        "click_rate": float(clicked.mean()),
        "log_loss": float(losses.mean()),
        "normalised_entropy": normalised_entropy(new, clicked),
        "shipped_log_loss": float(shipped_losses.mean()),
        "shipped_normalised_entropy": normalised_entropy(shipped, clicked),
        "gain_over_shipped": asdict(gain),
        "verdict": "better" if gain.low > 0 else "worse" if gain.high < 0 else "not told apart",
        "tenths": [asdict(each) | {"calibrated": each.calibrated} for each in tenths(new, clicked, shopper, rng)],
    }


def served(folder: Path, rows: ClickRows) -> NDArray[np.float64]:
    """The click probabilities (N,) of a version folder's weights, as Triton serves them."""
    serve = load(folder)
    with torch.inference_mode():
        chunks = torch.arange(len(rows)).split(_CHUNK)  # type: ignore[no-untyped-call]
        parts = [serve(rows.dense[chunk], rows.categories[chunk])[0][:, 0] for chunk in chunks]
    array: NDArray[np.float64] = torch.cat(parts).double().numpy()
    return array


def next_version(into: Path) -> int:
    """The number after all versions there and that of the shipped one, so that they can lie side by side."""
    return newest_version(into) + 1


def newest_version(into: Path) -> int:
    """The highest number of a version there; 1, that of the shipped one, where there is none."""
    return max([1, *(int(path.name) for path in (into / CTR.name).glob("*") if path.name.isdigit())])


def fingerprint(rows: ClickRows) -> str:
    """A name for exactly these rows, under which an interrupted run's state is kept."""
    digest = hashlib.sha256()
    for column in (rows.dense, rows.categories, rows.clicked, rows.shopper):
        digest.update(column.numpy().tobytes())
    return digest.hexdigest()[:12]


def shoppers(rows: ClickRows) -> int:
    """How many shoppers saw these rows."""
    return len(np.unique(rows.shopper.numpy()))


def described(parted: Parted, own: OwnRows) -> str:
    """The data, for the card."""
    train, test = parted.split.train, parted.split.test
    encoded = int(own.rows.dense[:, TEXT_ENCODED].sum())
    return (
        f"the deployment's own log: {len(train)} decisions of {shoppers(train)} shoppers until "
        f"{parted.until:%Y-%m-%d %H:%M:%S} UTC to learn from and, cross-fitted, to calibrate; {len(test)} later ones "
        f"of {shoppers(test)} other shoppers to measure; {encoded} of all with text vectors of {own.text_encoder}. "
        f"Left out: {_listed(own)}"
    )


def in_words(facts: manifest.Manifest) -> str:
    """What a person is told at the end."""
    found: dict[str, Any] = facts.metrics
    gain = found["gain_over_shipped"]
    return (
        f"{facts.data}.\n"
        f"log loss {found['log_loss']:.4f} (normalised entropy {found['normalised_entropy']:.3f}) against "
        f"{found['shipped_log_loss']:.4f} ({found['shipped_normalised_entropy']:.3f}) of {found['shipped']}, on "
        f"{found['impressions']} decisions with {found['clicks']} clicks that neither has seen.\n"
        f"{facts.version} gains {gain['value']:.4f} ({gain['low']:.4f} to {gain['high']:.4f}, 95 %): "
        f"{found['verdict']}. It is not promoted; `adloom train serve` makes a repository that serves it."
    )


def _recipe_facts(recipe: ClickRecipe, parted: Parted) -> dict[str, object]:
    facts = asdict(recipe) | {"feature_version": FEATURE_VERSION, "test_share": TEST_SHARE, "train_share": TRAIN_SHARE}
    del facts["traffic"]  # of the simulator
    return facts | {"until": parted.until.isoformat()}


def _encoder(recipe: ClickRecipe, own: OwnRows) -> dict[str, object]:
    """The encoder whose vectors the model has learnt to read, where it has."""
    return {} if DENSE_FEATURES[TEXT_ENCODED] in recipe.left_out else {"text_encoder": own.text_encoder}


def _listed(own: OwnRows) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in own.left_out.items()) or "none"
