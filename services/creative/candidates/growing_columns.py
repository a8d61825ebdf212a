"""The feature columns of creatives, to which rows are appended (`services/features/creative_columns.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.creative.candidates.grown import Grown
from services.features.creative_columns import CreativeColumns, creative_columns


class GrowingColumns:
    """One thread appends; others take rows that were there when they began. No row ever changes."""

    def __init__(self) -> None:
        empty = creative_columns(())
        self._names: dict[str, list[str]] = {}
        self._arrays: dict[str, Grown] = {}
        for field in fields(CreativeColumns):
            like = getattr(empty, field.name)
            if isinstance(like, tuple):
                self._names[field.name] = []
            else:
                self._arrays[field.name] = Grown(like)

    def __len__(self) -> int:
        return len(self._names["creative_ids"])

    @property
    def creative_ids(self) -> Sequence[str]:
        """Of each row."""
        return self._names["creative_ids"]

    @property
    def product_ids(self) -> Sequence[str]:
        """Of each row; empty where it shows no product."""
        return self._names["product_ids"]

    def append(self, more: CreativeColumns) -> None:
        """Adds rows at the end."""
        for name, array in self._arrays.items():
            array.append(getattr(more, name))
        for name, names in self._names.items():
            names.extend(getattr(more, name))

    def take(self, rows: NDArray[np.intp] | Sequence[int]) -> CreativeColumns:
        """These rows, in this order."""
        at = np.asarray(rows, dtype=np.intp)
        numbers = at.tolist()
        values: dict[str, Any] = {name: array.rows[at] for name, array in self._arrays.items()}
        for name, names in self._names.items():
            values[name] = tuple(map(names.__getitem__, numbers))
        return CreativeColumns(**values)
