"""A training run on a full disk ends with an error that names the file, and keeps what it had."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from services.training import checkpoint
from services.training.recipes import ClickRecipe
from tests.unit.runtime.test_whole_file import no_file_larger_than


def test_a_checkpoint_that_finds_no_room_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    checkpoint.save(path, ClickRecipe(), {"epoch": 1})
    with pytest.raises(OSError, match=str(path)), no_file_larger_than(1000):
        checkpoint.save(path, ClickRecipe(), {"epoch": 2, "weights": torch.zeros(10_000)})
    assert checkpoint.load(path, ClickRecipe()) == {"epoch": 1}
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
