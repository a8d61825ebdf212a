"""What one request may serve of the campaigns with budgets or caps: taken before the choice, settled after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.assets.campaigns.spending.leases import Leases
from services.assets.campaigns.terms import Terms

_UNBOUNDED: Final = 1 << 30


class Allowance:
    """Belongs to one request, which must `settle` it; two requests never take the same impression."""

    def __init__(self, leases: Leases, seen: Mapping[str, int], most: int, counts: bool = True) -> None:
        """`seen`: what caps leave of each campaign with caps; `most`: how many selections the request asks for.

        A drill `counts` for nothing: it takes from no lease and no budget.
        """
        self._counts = counts
        self._leases = leases
        self._seen = seen
        self._most = most
        self._taken: dict[str, int] = {}  # by counter
        self._used: dict[str, Terms] = {}
        self._uses: dict[str, int] = {}  # by counter

    def left(self, terms: Terms) -> int:
        """How many impressions of the campaign the request may still serve; the first question takes from its lease."""
        bound = self._leased(terms)
        if terms.caps:
            bound = min(bound, self._seen.get(terms.campaign_id, 0))
        return bound - self._uses.get(terms.counter, 0)

    def use(self, terms: Terms) -> None:
        """The request serves the campaign."""
        self._used[terms.counter] = terms
        self._uses[terms.counter] = self._uses.get(terms.counter, 0) + 1

    def settle(self) -> Mapping[str, int]:
        """Gives back what was not used; what was used, by campaign. A second call changes nothing."""
        for counter in {*self._taken, *self._uses} if self._counts else ():
            self._leases.settle(counter, self._taken.get(counter, 0), self._uses.get(counter, 0))
        used = {self._used[counter].campaign_id: count for counter, count in self._uses.items()}
        self._taken, self._used, self._uses = {}, {}, {}
        return used

    def _leased(self, terms: Terms) -> int:
        if not (self._counts and terms.is_limited) or self._leases.is_open(terms.counter):
            return _UNBOUNDED
        if terms.counter not in self._taken:
            self._taken[terms.counter] = self._leases.take(terms.counter, self._most)
        return self._taken[terms.counter]
