"""Random numbers that stay the same for ever: raw integers of a counter-based generator.

NumPy does not promise a `Generator`'s stream across versions, but it does promise a bit generator's, so everything
that a replay must repeat bit for bit is computed from these integers and nothing else.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

GENERATOR: Final = "philox4x64-10/1"
"""Name and version of the scheme below, logged with every decision."""


def seeded_words(seed: bytes, stream: str, count: int) -> NDArray[np.uint64]:
    """`count` uniform 64-bit integers, shape (count,); streams of one seed are independent of each other.

    The Philox key is the first 16 bytes of SHA-256(seed || 0 || stream), counter from 0 (Salmon et al. 2011).

    >>> seeded_words(bytes(16), "choice", 2).tolist() == seeded_words(bytes(16), "choice", 3).tolist()[:2]
    True
    """
    digest = hashlib.sha256(seed + b"\0" + stream.encode()).digest()
    return _GENERATORS.at(np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)).random_raw(count)


class _Generators(threading.local):
    """One generator per thread, reset to the start of each stream: creating a new one takes twenty times longer."""

    def __init__(self) -> None:
        self._generator = np.random.Philox(key=0, counter=0)
        self._start = self._generator.state

    def at(self, key: NDArray[np.uint64]) -> np.random.Philox:
        """Equivalent to `Philox(key=key, counter=0)`."""
        self._start["state"]["key"] = key
        self._generator.state = self._start
        return self._generator


_GENERATORS: Final = _Generators()


def unit_interval(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Each word's upper 53 bits as a float in [0, 1), same shape."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
