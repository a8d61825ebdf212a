"""What campaigns need of the creatives that are shown, and of the places where budgets and caps are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.assets.campaigns.terms import Cap, Terms


class FormatRows(Protocol):
    """The creatives of one format as numbered rows, N of them, as of one moment; rows of it never change."""

    @property
    def numbering(self) -> object:
        """The same object as long as rows are only added."""
        ...

    @property
    def count(self) -> int:
        """N."""
        ...

    @property
    def creative_ids(self) -> Sequence[str]:
        """Of each row; there may be more than N."""
        ...

    @property
    def product_ids(self) -> Sequence[str]:
        """Of each row, empty for house creatives; there may be more than N."""
        ...

    @property
    def row_of(self) -> Mapping[str, int]:
        """By creative id; there may be rows beyond N."""
        ...

    def rows_of_product(self, product_id: str) -> NDArray[np.intp]:
        """The product's rows, ascending."""
        ...

    def rows_for(self, campaign_id: str) -> Sequence[int]:
        """Rows whose creatives say that they are for the campaign."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """What a replica asks of one campaign's counters, and what it reports to them."""

    counter: str
    want: int  # impressions to be leased
    allowed: int  # granted to all replicas by now, at most
    leased: int  # served of leases since the last report
    free: int  # served without one, because there was no budget of impressions


@dataclass(frozen=True, slots=True)
class Counts:
    """What the counters of one campaign say."""

    granted: int  # now, to this replica
    impressions: int  # reported as served by all replicas
    clicks: int


@dataclass(frozen=True, slots=True)
class CapAsk:
    """A request asks how often its shopper may still see campaigns with caps."""

    user_id: str
    ticket: str  # of this request alone
    caps: Mapping[str, tuple[Cap, ...]]  # by campaign
    most: int  # impressions of one campaign
    now_ms: int


class Counters(Protocol):
    """The counters of all replicas together."""

    def ask(self, asks: Sequence[Ask]) -> Mapping[str, Counts]:
        """Grants what may be granted and adds what was served, each campaign at once; by counter.

        A counter that is not there is left out: it has to be `begin`-ed. May block; raises `Unavailable`, and then
        nobody knows which asks were taken.
        """
        ...

    def give_back(self, unspent: Mapping[str, int]) -> None:
        """Takes back what was granted and not served. May block; raises `Unavailable`."""
        ...

    def age_s(self) -> float:
        """For how long the store has counted; near 0 where it was emptied. May block; raises `Unavailable`."""
        ...

    def begin(self, counter: str, impressions: int) -> None:
        """The campaign has had so many impressions; only the first of several replicas counts. May block; raises
        `Unavailable`."""
        ...


class Records(Protocol):
    """The records of impressions."""

    def impressions_of(self, all_terms: Sequence[Terms]) -> Mapping[str, int]:
        """How many impressions each of the campaigns has had since its begin, by counter; drills are not counted.

        Reads all records since then: seconds to hours. Raises `Unavailable`.
        """
        ...


class SeenCampaigns(Protocol):
    """How often shoppers have seen campaigns with caps, counted by all replicas together."""

    async def reserve(self, asked: CapAsk, budget_s: float) -> Mapping[str, int]:
        """Counts up to `most` impressions of each campaign for the shopper, as many as all its caps leave; how many.

        Raises `Unavailable`, at once while the store is known to be down.
        """
        ...

    def settle(self, asked: CapAsk, reserved: Mapping[str, int], used: Mapping[str, int]) -> None:
        """Takes back what was reserved and not used; does not block, and may fail without a word: then too much is
        counted."""
        ...
