"""The mark of a partition in Redis: up to which changelog offset its rows are written.

The mark grows with every write. A Redis that lost writes (a lagging replica was promoted, an older data folder was
restored, a log was truncated) therefore has another mark than the last written one, and the loss is detected.
"""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """The mark of one partition.

    >>> Mark.read(Mark(3, 9).told()), Mark.read(None), Mark.read(b"what nobody of us wrote")
    (Mark(whole=3, last=9), Mark(whole=0, last=0), Mark(whole=0, last=0))
    """

    whole: int  # Redis has the rows of all states before this offset
    last: int  # end offset of the changelog at the last write of rows

    def told(self) -> bytes:
        """The mark as a value for Redis."""
        return f"{self.whole} {self.last}".encode()

    @classmethod
    def read(cls, told: bytes | None) -> Mark:
        """Parses a value from Redis; a missing or malformed mark is (0, 0): no row can be relied on."""
        parts = (told or b"").split()
        if len(parts) != 2 or not all(part.isdigit() for part in parts):
            return cls(0, 0)
        return cls(*map(int, parts))
