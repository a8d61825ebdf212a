"""Follows the file of the shop's brand kit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from services.assets.followed_file import FollowedFile
from services.composer.brand_kit import BrandKit, kit_in


class BrandFile(FollowedFile[BrandKit]):
    """Belongs to one thread."""

    def __init__(self, path: str, kit: BrandKit, monotonic: Callable[[], float]) -> None:
        super().__init__(path, kit, lambda: kit_in(Path(path)), "brand kit", monotonic)

    @property
    def kit(self) -> BrandKit:
        """The last one that could be used."""
        return self.content
