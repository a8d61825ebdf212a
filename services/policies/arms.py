"""What a policy chooses between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Bug

Floats = NDArray[np.float64]

NO_GUARD = -1


@dataclass(frozen=True, slots=True)
class Arms:
    """C creatives that could be drawn, with what is believed about each one's click probability."""

    creative_ids: tuple[str, ...]
    scores: Floats | None  # (C,) calibrated click probability by the model; None where no score was known
    means: Floats  # (C,) posterior mean of the click probability
    variances: Floats  # (C,) posterior variance of the click probability
    guard_index: int = NO_GUARD  # the arm that bounds what exploration may cost

    def __post_init__(self) -> None:
        count = len(self.creative_ids)
        vectors = [self.means, self.variances] + ([] if self.scores is None else [self.scores])
        if count == 0 or any(v.shape != (count,) for v in vectors) or not NO_GUARD <= self.guard_index < count:
            shapes = [v.shape for v in vectors]
            raise Bug(f"arms: {count} creatives with vectors of shapes {shapes} and guard {self.guard_index}")

    def without(self, index: int) -> Arms:
        """The arms that remain when one was taken, in the same order; at least one must remain."""
        guard = self.guard_index
        return Arms(
            self.creative_ids[:index] + self.creative_ids[index + 1 :],
            None if self.scores is None else np.delete(self.scores, index),
            np.delete(self.means, index),
            np.delete(self.variances, index),
            NO_GUARD if guard == index else guard - (guard > index),
        )
