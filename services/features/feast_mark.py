"""The mark of a partition in Redis: up to which changelog offset its rows are written.

The mark grows with every write. A Redis that lost writes (a lagging replica was promoted, an older data folder was
restored, a log was truncated) therefore has another mark than the last written one, and the loss is detected. Offsets
mean something in one changelog only: where partitions were added, the states lie in another one, whose name differs.
"""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """The mark of one partition.

    >>> mark = Mark(3, 9, "users")
    >>> Mark.from_bytes(mark.to_bytes(), "users") == mark, Mark.from_bytes(None, "users")
    (True, Mark(complete_before=0, last=0, changelog='users'))
    >>> Mark.from_bytes(mark.to_bytes(), "users-of-8")
    Mark(complete_before=0, last=0, changelog='users-of-8')
    """

    complete_before: int  # Redis has the rows of all states before this offset
    last: int  # end offset of the changelog at the last write of rows
    changelog: str  # the topic that both offsets belong to

    def to_bytes(self) -> bytes:
        """The mark as a value for Redis."""
        return f"{self.complete_before} {self.last} {self.changelog}".encode()

    @classmethod
    def from_bytes(cls, value: bytes | None, changelog: str) -> Mark:
        """Parses a value from Redis; a mark that is missing, malformed or of another changelog is (0, 0)."""
        complete_before, _, rest = (value or b"").partition(b" ")
        last, _, name = rest.partition(b" ")
        if not (complete_before.isdigit() and last.isdigit()) or name != changelog.encode():
            return cls(0, 0, changelog)  # no row can be relied on
        return cls(int(complete_before), int(last), changelog)
