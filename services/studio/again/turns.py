"""Which ads are screened again next, in jobs of a bounded size; pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

ADS: Final = 20
"""Of one job, each up to 1.3 s: one that takes minutes is taken for one that hangs, and all of it is lost."""

_LOST: Final = 2
"""So often a child may be lost over an ad: once may be another's fault, as memory is shared."""

_LATER_S: Final = 300.0
"""Until an ad that is not shown now is asked for again: no hurry, as it is shown by its earlier verdict until then."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A product, none for banners of the shop, and ads of it that are to be screened again."""

    product_id: str
    ids: frozenset[str]

    def parts(self, most: int) -> Iterator[Turn]:
        """The same ads, at most so many at once."""
        ids = sorted(self.ids)
        for start in range(0, len(ids), most):
            yield Turn(self.product_id, frozenset(ids[start : start + most]))


class Turns:
    """Belongs to one thread."""

    def __init__(self) -> None:
        self._waiting = deque[Turn]()
        self._done: set[str] = set()  # under this version: not read back yet, without a picture, or given up
        self._lost = Counter[str]()  # children, by the ad that they had
        self._later: dict[str, float] = {}  # until when ads are left as they are

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> Iterator[Turn]:
        return iter(self._waiting)

    def begin(self) -> None:
        """The screen is another one from now on."""
        self._done.clear()
        self._lost.clear()
        self._later.clear()

    def look(self, outdated: Collection[Turn], under_way: frozenset[str], now_s: float) -> None:
        """These are what another version judged; those of `under_way` are with a maker."""
        there = frozenset[str]().union(*(turn.ids for turn in outdated))
        self._done &= there
        self._later = {name: until_s for name, until_s in self._later.items() if name in there and now_s < until_s}
        out = self._done | under_way | self._later.keys()
        left = (Turn(turn.product_id, turn.ids - out) for turn in outdated)
        self._waiting = deque(part for turn in left for part in turn.parts(ADS))

    def take(self) -> Turn:
        """The next one."""
        return self._waiting.popleft()

    def again(self, turn: Turn) -> None:
        """It comes once more, after the others."""
        self._waiting.append(turn)

    def later(self, ids: Collection[str], now_s: float) -> None:
        """These are not shown now, and are asked for again in some minutes."""
        self._later |= dict.fromkeys(ids, now_s + _LATER_S)

    def done(self, ids: Collection[str]) -> None:
        """These have been judged by this version."""
        self._done.update(ids)

    def lost(self, turn: Turn) -> frozenset[str]:
        """A child was lost over these: each comes once more, alone. Those over which it was too often are given up."""
        self._lost.update(turn.ids)
        given_up = frozenset(name for name in turn.ids if self._lost[name] >= _LOST)
        self._done |= given_up
        self._waiting.extend(Turn(turn.product_id, turn.ids - given_up).parts(1))
        return given_up
