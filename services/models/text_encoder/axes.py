"""Fixed axes for the encoder's vectors: what features keep of a text's meaning. Needs no torch.

    v = A (e - m),   v = v / |v|

e is the encoder's vector; m and A are the mean and the first principal components of the vectors of those texts that
the axes were made of (`services/training/text_axes.py`). They are fixed: a number means the same in every shop and on
every day, where axes of a shop's own texts would turn with each import, and what a model has learnt with them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.features.creative_columns import ENCODED
from services.models import manifest
from services.models.tensors import EMBEDDING_SIZE, TEXT_ENCODER
from services.models.text_encoder.text_vector import TextVector

AXES: Final = "axes.npy"
"""The file beside the encoder's manifest, which pins it: float32 (1 + ENCODED, EMBEDDING_SIZE), m and then A."""

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Axes:
    """The projection of one encoder."""

    encoder: str  # its version, with that of the axes
    mean: NDArray[np.float64]  # (E,)
    components: NDArray[np.float64]  # (ENCODED, E)

    def vectors(self, embeddings: Floats) -> list[TextVector]:
        """The vectors of N texts, whose embeddings are (N, E)."""
        return [TextVector.of(self.encoder, row) for row in self.projected(embeddings)]

    def projected(self, embeddings: Floats) -> NDArray[np.float64]:
        """Unit vectors (N, ENCODED)."""
        short = (embeddings.astype(np.float64) - self.mean) @ self.components.T
        unit: NDArray[np.float64] = short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-9)
        return unit


def fitted(embeddings: Floats) -> NDArray[np.float32]:
    """Mean and first principal components of N embeddings (N, E), N > ENCODED: (1 + ENCODED, E).

    The largest number of each component is positive, as a decomposition leaves its sign open.
    """
    mean = embeddings.mean(axis=0, dtype=np.float64)
    _, _, components = np.linalg.svd(embeddings - mean, full_matrices=False)
    kept = components[:ENCODED]
    largest = kept[np.arange(ENCODED), np.abs(kept).argmax(axis=1)]
    return np.concatenate([mean[None], kept * np.sign(largest)[:, None]]).astype(np.float32)


def content_of(table: NDArray[np.float32]) -> bytes:
    """The file's bytes."""
    content = io.BytesIO()
    np.save(content, table, allow_pickle=False)
    return content.getvalue()


def axes_of(version: str, sha256: str, table: NDArray[np.float32]) -> Axes:
    """The axes in a file of that checksum, for an encoder of that version."""
    wide = table.astype(np.float64)
    return Axes(f"{version}/axes-{sha256[:12]}", wide[0], wide[1:])


def served_axes(repository: Path = manifest.REPOSITORY) -> Axes:
    """The axes of the encoder that a repository serves; raises `Misconfigured` where the file is not the manifest's."""
    folder = manifest.folder_of(TEXT_ENCODER.name, repository=repository)
    facts = manifest.read(folder)
    sha256 = facts.sha256.get(AXES, "")
    manifest.verify(folder / AXES, sha256)
    table = np.load(folder / AXES, allow_pickle=False)
    assert table.shape == (1 + ENCODED, EMBEDDING_SIZE), table.shape
    return axes_of(facts.version, sha256, table)
