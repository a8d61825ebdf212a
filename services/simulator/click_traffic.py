"""Simulated traffic for the click model, made once and cached."""

import dataclasses
import hashlib
import inspect
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import torch

import services.simulator.shoppers
from services.assets.demo import demo_creatives
from services.catalogue import facts, terms, vocabulary
from services.catalogue.catalogue import demo_catalogue
from services.features import creative_columns, profile, segments, vector
from services.runtime.whole_file import write_whole
from services.simulator.shoppers import Truth, offline_log
from services.training.click_rows import ClickRows
from services.training.recipes import TrafficRecipe

_COLUMNS = ("dense", "categories", "clicks", "user", "probability")


def load_or_make(recipe: TrafficRecipe, cache: Path, progress: Callable[[int, int], None] | None = None) -> ClickRows:
    """The rows of the recipe's traffic; read from the folder `cache` where an earlier run has written them."""
    path = cache / f"traffic-{_fingerprint(recipe)}.npz"
    if not path.exists():
        _make(recipe, path, progress)
    with np.load(path, allow_pickle=False) as columns:
        return ClickRows(
            dense=torch.from_numpy(columns["dense"]),
            categories=torch.from_numpy(columns["categories"]),
            clicked=torch.from_numpy(columns["clicks"]).float(),
            shopper=torch.from_numpy(columns["user"]),
            probability=torch.from_numpy(columns["probability"]),
        )


def _make(recipe: TrafficRecipe, path: Path, progress: Callable[[int, int], None] | None) -> None:
    """Simulates, and writes the file whole or not at all."""
    catalogue = demo_catalogue()
    log = offline_log(
        Truth(seed=recipe.truth_seed),
        catalogue,
        demo_creatives(catalogue),
        impressions=recipe.impressions,
        shoppers=recipe.shoppers,
        days=recipe.days,
        until=datetime.fromisoformat(recipe.until),
        seed=recipe.seed,
        progress=progress,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **{name: getattr(log, name) for name in _COLUMNS})
    write_whole(path, content.getvalue())


def _fingerprint(recipe: TrafficRecipe) -> str:
    """A hash of all that decides the rows: recipe, catalogue, creatives, and the code of shoppers and features."""
    catalogue = demo_catalogue()
    shown = [creative.creative_id for creative in demo_creatives(catalogue)]
    digest = hashlib.sha256(repr((dataclasses.asdict(recipe), catalogue.version, shown)).encode())
    for path in sorted(Path(services.simulator.shoppers.__path__[0]).glob("*.py")):
        digest.update(path.read_bytes())
    for module in (facts, terms, vocabulary, creative_columns, profile, segments, vector):
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:12]
