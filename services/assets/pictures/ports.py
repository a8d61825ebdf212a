"""What pictures need of the place where they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from services.common.errors import Unavailable


class RefusedStore(Unavailable):
    """The store answers, and refuses: a setting is wrong, or was made wrong there; `setting` says which.

    Who starts takes it for `Misconfigured`; who runs waits, because keys that were revoked may be given again.
    """

    def __init__(self, setting: str) -> None:
        self.setting = setting
        super().__init__("assets", setting)


@dataclass(frozen=True, slots=True)
class Kept:
    """A blob that is there."""

    name: str
    size_bytes: int
    modified_s: float  # seconds since 1970


class Blobs(Protocol):
    """Bytes by name, "ab/abcd.png"; each method may block, and raises `Unavailable("assets")`."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps the bytes, whole or not at all; what is there already is young again. Raises `Misconfigured`, too."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is one of this name."""
        ...

    def get(self, name: str) -> bytes | None:
        """Its bytes; None where there is none of this name."""
        ...

    def all(self) -> Iterator[Kept]:
        """All that are there."""
        ...

    def remove(self, name: str) -> None:
        """Removes it; does nothing where there is none."""
        ...
