"""A store of pictures that is slow costs the answer nothing but the picture (law 1)."""

from __future__ import annotations

import threading
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

import pytest

from services.assets.library import Library
from services.assets.pictures.picture_files import PictureFiles
from services.assets.pictures.picture_store import PictureStore
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import SystemClock
from services.creative.pictures import Pictures
from services.creative.selection import Selection
from tests.unit.creative.house import House


@dataclass(frozen=True, slots=True)
class Stuck(PictureFiles):
    """A store that answers when the test says so."""

    freed: threading.Event = field(default_factory=threading.Event)

    def get(self, name: str) -> bytes | None:
        """The picture, late."""
        self.freed.wait(30)
        return PictureFiles.get(self, name)


@pytest.mark.asyncio
async def test_a_picture_that_comes_too_late_is_a_reference_now_and_bytes_the_next_time(house: House) -> None:
    stuck, knows = Stuck(house.assets.folder / "pictures"), demo_catalogue().index.__contains__
    library = Library(house.assets.creatives, PictureStore(stuck), knows, SystemClock())
    (creative,) = library.list(limit=1)
    unused: dict[str, Any] = {one.name: None for one in fields(Selection) if one.default is MISSING}
    chosen = Selection(**unused | {"creative": creative, "degraded": ()})
    pictures = Pictures(library)
    (late,) = await pictures.drawn([chosen], 0.01)
    assert (late.png, late.degraded) == (b"", ("assets",))
    stuck.freed.set()
    (drawn,) = await pictures.drawn([chosen], 30)
    assert (drawn.png, drawn.degraded) == (library.png(creative), ())
