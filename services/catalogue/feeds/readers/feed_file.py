"""One file of a feed: where it lies, and what it is called in messages (it may have come out of an archive)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file that is not packed."""

    path: Path
    name: str
