"""Turns texts of any language into short vectors: weighted words, then a seeded signed random projection.

    v[k] = sum_t tf[t] * w[t] * s[t, k]         s[t, k] = +-1 from SHA-256(seed || t)
    v    = v / |v|

A word weighs what the shop's vocabulary says (`vocabulary.py`), and 1 where it is rare there or unknown. The signs
depend on the word alone. So a product changes no vector of other products, a text with unknown words still gets a
vector, and no vector needs a pass over the catalogue. Inner products are preserved up to noise of about
1/sqrt(DIMENSIONS) (Achlioptas 2003).

A word is a run of letters, marks and digits of any script. Scripts that are written without spaces (Chinese, Japanese,
Thai, Lao, Khmer, Burmese) give pairs of neighbouring characters instead.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

DIMENSIONS: Final = 32
"""Length of every product and text vector."""

_SEED: Final = b"adloom-terms/1"
_UNSPACED = (  # Thai, Lao, Burmese, Khmer; kana; Han
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_WORD = re.compile(f"([{_UNSPACED}]+)|[^ {_UNSPACED}-][^ {_UNSPACED}-]*(?:-[^ {_UNSPACED}-]+)*")
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


class _Spaces(dict[int, int]):
    """For `str.translate`: what is no letter, mark, digit or hyphen becomes a space; filled as characters come."""

    def __missing__(self, code: int) -> int:
        self[code] = code if unicodedata.category(chr(code))[0] in "LMN" or code == 0x2D else 0x20
        return self[code]


_SPACES: Final = _Spaces()


def words(text: str) -> list[str]:
    """The words that carry meaning, case folded, in order.

    >>> words("The Breton stripe T-shirt, for sailors")
    ['breton', 'stripe', 't-shirt', 'sailors']
    >>> words("Größe ４２"), words("防水外套")
    (['grösse', '42'], ['防水', '水外', '外套'])
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_SPACES)
    found: list[str] = []
    for match in _WORD.finditer(plain):
        word = match.group()
        if match.group(1) and len(word) > 1:
            found += [word[at : at + 2] for at in range(len(word) - 1)]
        elif word not in _STOP:
            found.append(word)
    return found


@lru_cache(maxsize=65_536)
def signs(term: str) -> NDArray[np.float64]:
    """The term's row of the projection, shape (DIMENSIONS,), each value -1 or 1; cached and read-only."""
    digest = hashlib.sha256(_SEED + term.encode()).digest()[: DIMENSIONS // 8]
    row = np.unpackbits(np.frombuffer(digest, dtype=np.uint8)).astype(np.float64) * 2.0 - 1.0
    row.setflags(write=False)
    return row


def text_vector(text: str, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The text's unit vector, shape (DIMENSIONS,); zeros for a text without words.

    A word that `weights` does not name weighs 1.
    """
    counts = sorted(Counter(words(text)).items())  # sorted, so that equal words give equal sums
    if not counts:
        return np.zeros(DIMENSIONS)
    weight = np.array([count * weights.get(term, 1.0) for term, count in counts])
    vector: NDArray[np.float64] = weight @ np.concatenate([signs(term) for term, _ in counts]).reshape(-1, DIMENSIONS)
    length = float(np.sqrt(vector @ vector))
    return vector / length if length > 0.0 else vector


@dataclass(frozen=True, slots=True)
class TermWeights:
    """Encodes texts with the words' weights of one vocabulary."""

    weights: Mapping[str, float] = field(default_factory=dict)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One unit vector a text, shape (len(texts), DIMENSIONS); zeros for a text without words."""
        rows = [text_vector(text, self.weights) for text in texts]
        return np.array(rows, dtype=np.float64).reshape(-1, DIMENSIONS)
