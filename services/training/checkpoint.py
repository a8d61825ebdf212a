"""Keeps the state of an unfinished training run on disk, so that an interrupted run goes on where it was."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import torch

from services.common.errors import Misconfigured
from services.common.whole_file import write_whole


def save(path: Path, recipe: Any, state: dict[str, object]) -> None:
    """Writes the checkpoint whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()  # torch's own writer hides why a file cannot be written
    torch.save({"recipe": dataclasses.asdict(recipe), "state": state}, content)
    write_whole(path, content.getvalue())


def load(path: Path, recipe: Any) -> dict[str, object] | None:
    """The state saved at `path`, or None where there is none.

    Raises Misconfigured if it was saved under another recipe.
    """
    if not path.exists():
        return None
    saved = torch.load(path, weights_only=True)
    if saved["recipe"] != dataclasses.asdict(recipe):
        raise Misconfigured(f"{path} was made by another recipe: remove it, or train with the recipe it was made by.")
    state: dict[str, object] = saved["state"]
    return state
