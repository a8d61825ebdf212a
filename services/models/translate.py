"""Converts what callers have (texts, pictures) to and from the models' tensors. Needs no torch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.models.tensors import TEXT_BYTES


def utf8_rows(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Texts as rows of UTF-8 filled up with zero bytes (N, 512); a longer one is cut between characters.

    >>> utf8_rows(["hé"])[0, :4].tolist()
    [104, 195, 169, 0]
    """
    rows = np.zeros((len(texts), TEXT_BYTES), dtype=np.uint8)
    for row, text in zip(rows, texts, strict=True):
        cut = text.encode()[:TEXT_BYTES].decode(errors="ignore").encode()
        row[: len(cut)] = np.frombuffer(cut, dtype=np.uint8)
    return rows


def text_of_row(row: bytes) -> str:
    """The text of one such row.

    >>> text_of_row(bytes([104, 195, 169, 0, 0]))
    'hé'
    """
    return row.rstrip(b"\0").decode(errors="replace")


def pictures(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colour planes (N, 3, H, W) in [0, 1] as pixels (N, H, W, 3) in 0 to 255.

    >>> pictures(np.full((1, 3, 1, 1), 0.5, dtype=np.float32)).tolist()
    [[[[128, 128, 128]]]]
    """
    pixels: NDArray[np.uint8] = np.rint(np.clip(image, 0.0, 1.0) * 255.0).astype(np.uint8)
    return pixels.transpose(0, 2, 3, 1)
