"""The candidates of one placement."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.features.creative_columns import CreativeColumns
from services.policies.arms import Floats


@dataclass(frozen=True, slots=True, eq=False)
class CandidateSet:
    """C creatives, the guard last; C may be 0."""

    columns: CreativeColumns  # (C, ...)
    ctr_multiplier_means: Floats  # (C,)
    ctr_multiplier_variances: Floats  # (C,)
    guard_index: int  # the house creative among them, or NO_GUARD
    policy_version: int
    catalogue_version: str
    inclusion: Floats | None = None  # (C,) chance of each to be here; None: everything eligible is
    rows: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))  # (C,) of the view

    def row_by_id(self) -> dict[str, int]:
        """The row of the view by creative id, without the guard's."""
        rows = zip(self.columns.creative_ids, self.rows.tolist(), strict=True)
        return {name: row for number, (name, row) in enumerate(rows) if number != self.guard_index}

    def __len__(self) -> int:
        return len(self.columns.creative_ids)
