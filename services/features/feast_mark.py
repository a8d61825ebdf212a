"""What stands in Redis of a partition's rows: how many of its states they hold, counted by offsets of its changelog.

It grows with every write, so that a Redis which has lost writes (a replica that lagged and was made master, an older
folder put back, a log cut off) is noticed: it says something else than was last said to it.
"""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """Of one partition.

    >>> Mark.read(Mark(3, 9).told()), Mark.read(None), Mark.read(b"what nobody of us wrote")
    (Mark(whole=3, last=9), Mark(whole=0, last=0), Mark(whole=0, last=0))
    """

    whole: int  # the rows of all states before this offset are there
    last: int  # what had been written of the changelog when rows were last written

    def told(self) -> bytes:
        """As it stands in Redis."""
        return f"{self.whole} {self.last}".encode()

    @classmethod
    def read(cls, told: bytes | None) -> Mark:
        """The mark; where there is none, no row can be relied on."""
        parts = (told or b"").split()
        if len(parts) != 2 or not all(part.isdigit() for part in parts):
            return cls(0, 0)
        return cls(*map(int, parts))
