"""Turns texts into short vectors: TF-IDF over words, then a seeded signed random projection.

    w[t, d] = tf[t, d] * (ln((1 + D) / (1 + df[t])) + 1)          TF-IDF, smoothed
    v[d, k] = sum_t w[t, d] * s[t, k]                             s[t, k] = +-1 from SHA-256(seed || t)
    v[d]    = v[d] / |v[d]|

The signs depend on the word and not on the vocabulary. A new product therefore changes no signs of other products, and
a text with unknown words still gets a vector. Inner products are preserved up to noise of about 1/sqrt(DIMENSIONS)
(Achlioptas 2003).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DIMENSIONS: Final = 16
"""Length of every product and text vector."""

_SEED: Final = b"adloom-terms/1"
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STOP = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "for",
        "from",
        "goes",
        "in",
        "into",
        "is",
        "it",
        "its",
        "no",
        "of",
        "on",
    )
    + ("or", "over", "that", "the", "this", "to", "under", "up", "was", "with", "without")
)


def words(text: str) -> list[str]:
    """The words that carry meaning, lower case, in order.

    >>> words("The Breton stripe T-shirt, for sailors")
    ['breton', 'stripe', 't-shirt', 'sailors']
    """
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]


def signs(term: str) -> NDArray[np.float64]:
    """The term's row of the projection, shape (DIMENSIONS,), each value -1 or 1."""
    digest = hashlib.sha256(_SEED + term.encode()).digest()[: DIMENSIONS // 8]
    return np.unpackbits(np.frombuffer(digest, dtype=np.uint8)).astype(np.float64) * 2.0 - 1.0


@dataclass(frozen=True, slots=True)
class TermWeights:
    """Inverse document frequencies over a set of documents; an unknown word gets the largest weight."""

    documents: int
    inverse_document_frequency: Mapping[str, float]

    @classmethod
    def of(cls, texts: Sequence[str]) -> TermWeights:
        """Counts the documents in which each word occurs."""
        frequency = Counter(term for text in texts for term in set(words(text)))
        total = len(texts)
        return cls(total, {term: math.log((1 + total) / (1 + df)) + 1.0 for term, df in frequency.items()})

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One unit vector a text, shape (len(texts), DIMENSIONS); zeros for a text without words."""
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float64)
        rarest = math.log(1 + self.documents) + 1.0
        for row, text in zip(rows, texts, strict=True):
            for term, count in sorted(Counter(words(text)).items()):
                row += count * self.inverse_document_frequency.get(term, rarest) * signs(term)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: NDArray[np.float64] = rows / np.where(norms > 0.0, norms, 1.0)
        return unit
