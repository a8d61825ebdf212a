"""Finds the pictures that nothing names any more; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from services.assets.pictures.picture_store import Stored

YOUNG_S: Final = 3600.0
"""A picture is stored before the message that names it is sent; no sender waits so long."""


def unnamed(stored: Iterable[Stored], named: AbstractSet[str], now_s: float) -> Iterator[Stored]:
    """Those that are older than an hour and whose hashes are not among the named ones."""
    for picture in stored:
        if picture.sha256 not in named and now_s - picture.about.modified_s > YOUNG_S:
            yield picture
