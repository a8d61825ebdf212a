"""The seed of a choice, and the choice from a probability vector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.common.keyed_digest import keyed_digest
from services.common.rng import unit_interval
from services.policies.arms import Floats

SEED_BYTES = 16


def seed_for(key: bytes, request_digest: str, placement_id: str, slot: int) -> bytes:
    """16 bytes that only holders of `key` can foresee; the same request, placement and slot give the same seed.

    `request_digest` identifies the whole request and not only its id: a caller whose request id is a page or a session
    counter must not get the same random numbers for different requests.
    """
    parts = [request_digest.encode(), placement_id.encode(), str(slot).encode()]
    return keyed_digest(key, parts)[:SEED_BYTES]


def sample(probabilities: Floats, words: NDArray[np.uint64]) -> int:
    """The index i with cumulative(i - 1) <= u < cumulative(i), where u is 53 bits of the first word, scaled to the sum.

    >>> sample(np.array([0.5, 0.25, 0.25]), np.array([3 << 62], dtype=np.uint64))
    2
    """
    cumulative = np.cumsum(probabilities)  # in order, so the same on every machine
    u = unit_interval(words[:1])[0] * cumulative[-1]
    return min(int(np.searchsorted(cumulative, u, side="right")), len(probabilities) - 1)
