"""Reads Fashion-MNIST, the product pictures that a Debian package ships."""

import gzip
import struct
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from services.common.errors import Misconfigured

DEFAULT_FOLDER = Path("/usr/share/datasets/fashion-mnist")
_SETS = {"train": "train", "test": "t10k"}


@dataclass(frozen=True, slots=True)
class ProductPictures:
    """Grey pictures (N, 1, 32, 32) uint8, ink on black, and their product classes (N,) int64."""

    grey: Tensor
    product_class: Tensor

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The chosen pictures as float32 in [0, 1], and their classes."""
        return self.grey[rows].float() / 255.0, self.product_class[rows]


def load(which: str, folder: Path = DEFAULT_FOLDER) -> ProductPictures:
    """The `train` (60,000) or `test` (10,000) pictures, padded from 28 to 32 pixels a side."""
    stem = _SETS[which]
    images = _read_idx(folder / f"{stem}-images-idx3-ubyte.gz")
    labels = _read_idx(folder / f"{stem}-labels-idx1-ubyte.gz")
    return ProductPictures(functional.pad(images, (2, 2, 2, 2))[:, None], labels.long())


def _read_idx(path: Path) -> Tensor:
    """The array of an IDX file: two zero bytes, type 8 (unsigned byte), number of axes, their lengths, the values."""
    if not path.exists():
        raise Misconfigured(
            f"{path.name} is not in {path.parent}: install Fashion-MNIST with `apt-get install dataset-fashion-mnist`, "
            "or give its folder with --data."
        )
    raw = gzip.decompress(path.read_bytes())
    zero, kind, axes = struct.unpack_from(">HBB", raw)
    if (zero, kind) != (0, 8):
        raise Misconfigured(f"{path} is no IDX file of unsigned bytes: install dataset-fashion-mnist again.")
    shape = struct.unpack_from(f">{axes}I", raw, 4)
    values = torch.frombuffer(bytearray(raw), dtype=torch.uint8, offset=4 + 4 * axes)
    return values.reshape(shape)
