"""Fashion-MNIST is read as published, or its absence is said in one sentence."""

import gzip
import struct
from pathlib import Path

import pytest
import torch

from services.common.errors import Misconfigured
from services.training import fashion_mnist


def write_idx(path: Path, values: torch.Tensor) -> None:
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    path.write_bytes(gzip.compress(header + values.numpy().tobytes()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = torch.arange(3 * 28 * 28).remainder(251).to(torch.uint8).reshape(3, 28, 28)
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", images)
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", torch.tensor([9, 0, 4], dtype=torch.uint8))
    return tmp_path


def test_pictures_are_padded_on_all_sides(folder: Path) -> None:
    pictures = fashion_mnist.load("test", folder)
    assert pictures.grey.shape == (3, 1, 32, 32)
    assert pictures.grey[:, :, :2].sum() + pictures.grey[:, :, :, -2:].sum() == 0
    assert pictures.grey[0, 0, 2, 2:6].tolist() == [0, 1, 2, 3]
    assert pictures.product_class.tolist() == [9, 0, 4]


def test_batches_are_in_the_unit_range(folder: Path) -> None:
    grey, product_class = fashion_mnist.load("test", folder).batch(torch.tensor([2, 0]))
    assert product_class.tolist() == [4, 9]
    assert grey.max() == 250 / 255


def test_missing_data_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="apt-get install dataset-fashion-mnist"):
        fashion_mnist.load("train", tmp_path)


def test_another_file_is_refused(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"not an idx file"))
    with pytest.raises(Misconfigured, match="no IDX file"):
        fashion_mnist.load("test", folder)
