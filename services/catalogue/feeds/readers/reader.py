"""What every reader gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from services.catalogue.feeds.rows import Rejection, Row


class Reader(Protocol):
    """Reads one file of a feed."""

    names: tuple[str, ...]
    encoding: str

    def rows(self) -> Iterator[Row | Rejection]:
        """All rows in order; may be called again. Raises `Misconfigured` where the file is damaged."""
        ...
