"""How good a cut-out is, from how sure its masks are; pure.

The quality is the least of what the measures say, each a straight line from 0 where nobody would show the cut-out to 1
where nobody would object. Bounds were set by eye on 145 phone photos of clothes, so the same photos say little of
others: 14 of them are framed, of which 5 would have been good enough, and of the 131 that are cut out 6 have a defect
that is seen at once (what is left of a hanger, straps that the photo cuts off, a ragged hem).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.composer.photos.cut_out import Alpha
from services.composer.photos.planes import mean_around
from services.composer.photos.regions import Mask, regions

LEAST_QUALITY: Final = 0.5
"""Of a cut-out; below it the photo is shown in a frame."""

_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Judged:
    """A cut-out's quality, and what spoke most against it."""

    quality: float  # 0 to 1
    why: str  # the measure that was worst, in words
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure's values at which it says 0 and 1."""

    none: float
    full: float
    words: str

    def says(self, value: float) -> float:
        """0 to 1."""
        return min(1.0, max(0.0, (value - self.none) / (self.full - self.none)))


BOUNDS: Final[Mapping[str, Bound]] = {
    "agreement": Bound(0.60, 0.90, "two looks at the photo cut it differently"),
    "uncertain": Bound(0.16, 0.06, "much of the photo is neither surely product nor surely ground"),
    "ghosts": Bound(0.02, 0.002, "parts are half there"),
    "smallness": Bound(0.02, 0.06, "the product is small in the photo"),
    "largeness": Bound(0.92, 0.80, "nearly all of the photo is product"),
    "cut_off": Bound(0.12, 0.04, "the product is cut off by the edge of the photo"),
    "scattered": Bound(0.12, 0.02, "it falls apart into pieces"),
}


def judged(mask: Alpha, again: Alpha, final: Alpha) -> Judged:
    """Of a mask (H, W), a second one of the same photo, seen otherwise, and the one that is cut by."""
    measures = measured(mask, again, final)
    says = {name: bound.says(measures[name]) for name, bound in BOUNDS.items()}
    worst = min(says, key=lambda name: says[name])
    return Judged(says[worst], BOUNDS[worst].words if says[worst] < 1.0 else "", measures)


def measured(mask: Alpha, again: Alpha, final: Alpha) -> dict[str, float]:
    """The measures by name; see `BOUNDS`."""
    thing, other, cut = mask > _HALF, again > _HALF, final > _HALF
    area = max(1, int(cut.sum()))
    unsure = (mask > _UNSURE[0]) & (mask < _UNSURE[1])
    ghost = mean_around(((final > _UNSURE[0]) & (final < _UNSURE[1])).astype(np.float32), _EDGE) > _GHOST
    rim = np.concatenate([cut[0], cut[-1], cut[:, 0], cut[:, -1]])
    return {
        "agreement": float((thing & other).sum() / max(1, (thing | other).sum())),
        "uncertain": float(unsure.sum() / area),
        "ghosts": float(ghost.sum() / area),
        "smallness": area / mask.size,
        "largeness": area / mask.size,
        "cut_off": float(rim.mean()),
        "scattered": _scattered(cut),
    }


def _scattered(cut: Mask) -> float:
    """The share of parts that are small beside the largest: a pair of shoes is not scattered."""
    sizes = np.bincount(regions(cut).ravel())[1:]
    return float(sizes[sizes < _PART * sizes.max()].sum() / sizes.sum()) if len(sizes) else 1.0


_EDGE: Final = 3  # pixels of a mask of 320: an edge is less than twice as wide
_PART: Final = 0.3  # of the largest: a part so large is a thing of its own
_GHOST: Final = 0.9
_UNSURE: Final = (0.1, 0.9)
