"""Random words equal those of a second Philox4x64-10, written here from the paper in plain Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.rng import GENERATOR, seeded_words, unit_interval

MASK = (1 << 64) - 1
MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
ROUNDS = 10


def block(counter: int, key: tuple[int, int]) -> tuple[int, int, int, int]:
    """One block of four words: ten rounds of two 64x64 multiplications (Salmon et al. 2011, figure 2 and table 1)."""
    x0, x1, x2, x3 = (counter >> 64 * word & MASK for word in range(4))
    k0, k1 = key
    for _ in range(ROUNDS):
        high0, low0 = divmod(MULTIPLIERS[0] * x0, 1 << 64)
        high1, low1 = divmod(MULTIPLIERS[1] * x2, 1 << 64)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + WEYL[0]) & MASK, (k1 + WEYL[1]) & MASK
    return x0, x1, x2, x3


def reference_words(seed: bytes, stream: str) -> Iterator[int]:
    """The endless stream as the record of a decision names it; the first block has counter 1, as NumPy's."""
    digest = hashlib.sha256(seed + b"\0" + stream.encode()).digest()
    key = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")
    counter = 0
    while True:
        counter += 1
        yield from block(counter, key)


def test_the_reference_gives_the_known_answers_of_random123() -> None:
    zeros = block(0, (0, 0))
    ones = block((1 << 256) - 1, (MASK, MASK))
    assert zeros == (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)
    assert ones == (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)


@given(seed=st.binary(min_size=16, max_size=16), stream=st.sampled_from(["vector", "choice"]), count=st.integers(0, 40))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_words_are_those_of_philox4x64_with_ten_rounds(seed: bytes, stream: str, count: int) -> None:
    reference = reference_words(seed, stream)
    assert seeded_words(seed, stream, count).tolist() == [next(reference) for _ in range(count)]


def test_a_recorded_stream_never_changes() -> None:
    # Decision records name "philox4x64-10/1"; whoever changes these words must give the scheme a new name.
    assert GENERATOR == "philox4x64-10/1"
    reference = reference_words(bytes(range(16)), "vector")
    assert seeded_words(bytes(range(16)), "vector", 300).tolist() == [next(reference) for _ in range(300)]


@given(word=st.integers(0, MASK))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_unit_is_the_upper_53_bits_exactly(word: int) -> None:
    unit = float(unit_interval(np.array([word], dtype=np.uint64))[0])
    assert 0.0 <= unit < 1.0
    assert unit == (word >> 11) / 2**53
