"""The served click model without a server: its formula (`services/models/ctr/network.py`) in numpy, its own weights.

It is checked against the reference answers of the exported model, so its scores are those of the served model.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from services.common.errors import Bug
from services.features.vector import TABLES, Vectors
from services.models import manifest, reference
from services.models.tensors import CTR
from services.policies.arms import Floats

TOLERANCE: Final = 1e-5
_FAR: Final = 5.0

Array = NDArray[Any]


class ClickModelInNumpy:
    """Scores candidates; the constructor raises `Bug` where the reference answers differ."""

    def __init__(self) -> None:
        folder = manifest.folder_of(CTR.name)
        path = folder / manifest.WEIGHTS
        manifest.verify(path, manifest.read(folder).sha256[manifest.WEIGHTS])
        self._w = load_file(path)
        inputs, outputs = reference.read(folder, CTR)
        found = {"click_probability": self._probability(inputs["dense"], inputs["categories"])}
        wanted = {"click_probability": outputs["click_probability"]}
        if reference.largest_difference(wanted, found) > TOLERANCE:
            raise Bug("the click model in numpy is not the one that was exported")

    def scores(self, vectors: Vectors) -> Floats:
        """The calibrated click probability of each candidate, (C,)."""
        return self._probability(vectors.dense, vectors.categories)[:, 0].astype(np.float64)

    def _probability(self, dense: Array, categories: Array) -> Array:
        w = self._w
        numbers = np.clip((dense - w["mean"]) / w["deviation"], -_FAR, _FAR) * w["uses"]
        embedded = [
            sum(self._embedded(t, categories[:, k]) * w["uses_categories"][k] for k in columns)
            for t, columns in enumerate(TABLES)
        ]
        first = x = np.concatenate([numbers, *embedded], axis=1)  # (C, D)
        x = first * self._linear("crosses.0.mix", x) + x
        hidden = np.maximum(self._linear("hidden.0", np.maximum(self._linear("wide.0", x), 0)), 0)
        scale, shift, floor = w["calibration"]
        probability: Array = floor + (1 - floor) / (1 + np.exp(-(scale * self._linear("logit", hidden) + shift)))
        return probability

    def _embedded(self, t: int, numbers: Array) -> Array:
        """The rows of a table: by index, or by name, where row 0 is of all names that are not known."""
        known = self._w.get(f"embeddings.{t}.known")
        if known is None:
            rows: Array = self._w[f"embeddings.{t}.weight"][numbers]
            return rows
        at = np.clip(np.searchsorted(known, numbers), 0, max(len(known) - 1, 0))
        row = np.where(known[at] == numbers, at + 1, 0) if len(known) else np.zeros_like(numbers)
        found: Array = self._w[f"embeddings.{t}.rows.weight"][row]
        return found

    def _linear(self, name: str, x: Array) -> Array:
        made: Array = x @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"]
        return made
