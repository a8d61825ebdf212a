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
    inclusion: Floats | None = None  # (C,) chance with which each became a candidate; None: all were certain

    def __post_init__(self) -> None:
        count = len(self.creative_ids)
        vectors = [v for v in (self.means, self.variances, self.scores, self.inclusion) if v is not None]
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
            None if self.inclusion is None else _inclusion_without(self.inclusion, index),
        )

    def only(self, rows: list[int]) -> Arms:
        """These of the arms, in this order, where the others may not be drawn any more; at least one."""
        return Arms(
            tuple(self.creative_ids[row] for row in rows),
            None if self.scores is None else self.scores[rows],
            self.means[rows],
            self.variances[rows],
            rows.index(self.guard_index) if self.guard_index in rows else NO_GUARD,
            None if self.inclusion is None else self.inclusion[rows],
        )


def _inclusion_without(inclusion: Floats, index: int) -> Floats:
    """The inclusion chances of the arms that remain when one was taken.

    R arms drawn from n have the chance R / n; when one of them is taken, the others are R - 1 drawn from n - 1.
    """
    left = np.delete(inclusion, index)
    if inclusion[index] < 1.0:
        drawn = int((inclusion < 1.0).sum())
        drawn_from = round(drawn / inclusion[index])
        left[left < 1.0] = (drawn - 1) / (drawn_from - 1)
    return left
