"""What a text means to an encoder, as a creative carries it: 64 bytes. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Rejected
from services.features.creative_columns import ENCODED

_TYPE: Final = np.dtype("<f2")  # its steps, 1/2048 of a number, are a tenth of what another batch changes in torch
_LONGEST: Final = 1.01  # a unit vector, rounded


@dataclass(frozen=True, slots=True)
class TextVector:
    """The vector of a text; numbers of two encoders cannot be compared.

    >>> TextVector.of("e/1", np.eye(ENCODED)[1]).numbers()[:3].tolist()
    [0.0, 1.0, 0.0]
    """

    encoder: str  # version of the encoder and its axes
    float16: bytes  # ENCODED numbers, little-endian

    @classmethod
    def of(cls, encoder: str, numbers: NDArray[np.floating]) -> TextVector:
        """The numbers (ENCODED,), packed."""
        return cls(encoder, numbers.astype(_TYPE).tobytes())

    def numbers(self) -> NDArray[np.float64]:
        """(ENCODED,), of length 1, or 0 for a text that says nothing."""
        return np.frombuffer(self.float16, _TYPE).astype(np.float64)

    def check(self) -> None:
        """Raises `Rejected` where the bytes are no vector: one number that is none would spoil a whole request."""
        numbers = self.numbers() if len(self.float16) == ENCODED * _TYPE.itemsize else np.full(ENCODED, np.nan)
        if not self.encoder or not np.sqrt(numbers @ numbers) <= _LONGEST:
            raise Rejected(
                "invalid", "text_vector", self.float16.hex(), f"{ENCODED} float16 of length 1, of an encoder"
            )
