"""Which products are this process's: those in its partitions of `ad.products`; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.common.errors import Misconfigured
from services.common.topics import PARTITIONS


@dataclass(frozen=True, slots=True)
class Share:
    """One of several equal shares of the partitions. Together they are all of them, and no two have one in common.

    Shares are fixed: nobody has to be asked, so nothing is assigned twice or to nobody while processes come and go. The
    share of a process that is down waits for it.
    """

    index: int = 0
    shares: int = 1

    def owns(self, partition: int) -> bool:
        """Whether products of the partition are this share's.

        >>> [[number for number in range(6) if Share(index, 4).owns(number)] for index in range(4)]
        [[0, 4], [1, 5], [2], [3]]
        """
        return partition % self.shares == self.index

    @property
    def is_first(self) -> bool:
        """Whether it does what is done once for all products."""
        return self.index == 0


WHOLE: Final = Share()
"""Of a process that shares with nobody."""


def share_of(index: int, shares: int) -> Share:
    """The share; raises `Misconfigured` where it would be nobody's, or have nothing to do."""
    if shares > PARTITIONS:
        expected = f"at most {PARTITIONS} were expected, as ad.products has so many partitions"
        raise Misconfigured(f"ADLOOM_STUDIO_SHARES: {shares} where {expected}")
    if index >= shares:
        raise Misconfigured(f"ADLOOM_STUDIO_INDEX: {index} where one from 0 to {shares - 1} was expected")
    return Share(index, shares)
