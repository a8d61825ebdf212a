"""The library of creatives: pictures addressed by content, an index of their metadata, and their lives.

Several processes may use one folder at once. A creative enters the index only after its picture is on disk, so a crash
leaves at most a picture without a creative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.assets.creative import Creative, Draft, TextEncoder, creative_id_of, finished
from services.assets.house import HOUSE_FORMATS, house_draft, house_picture, nearest_house
from services.assets.library_index import LibraryIndex
from services.assets.life import Action, LifeEvent, State, check_changeable, check_reason
from services.assets.picture_files import PictureFiles
from services.catalogue.catalogue import Catalogue
from services.common.clock import Clock
from services.common.errors import Rejected

_MAX_PAGE = 1000
_SERVABLE = "state = 'APPROVED' AND approved_by <> '' AND product_id <> ''"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which creatives to show; an empty field allows all."""

    product_ids: Sequence[str] = ()
    format: str = ""
    states: Sequence[State] = ()


class Library:
    """All creatives of the shop; every method may block on the disk for milliseconds."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, clock: Clock, text_encoder: TextEncoder | None = None
    ) -> None:
        self.catalogue = catalogue
        self._clock = clock
        self._encode = text_encoder or catalogue.terms.vectors
        self._files = PictureFiles(folder / "pictures")
        self._index = LibraryIndex(folder / "index.sqlite3")
        known = self._index.ids()
        missing = [form for form in HOUSE_FORMATS if f"house-{form}" not in known]
        if missing:
            self.add_all([(house_draft(form), house_picture(form)) for form in missing])

    def close(self) -> None:
        """Closes the index."""
        self._index.close()

    def version(self) -> int:
        """A number that grows with every change by any process."""
        return self._index.version()

    def ids(self) -> frozenset[str]:
        """The ids of all creatives."""
        return self._index.ids()

    def add(self, draft: Draft, png: bytes) -> Creative:
        """Adds a creative with its picture; the same content is added once."""
        return self.add_all([(draft, png)])[0]

    def add_all(self, pairs: Sequence[tuple[Draft, bytes]]) -> tuple[Creative, ...]:
        """Adds creatives with their pictures, all or none; `Rejected` where a product is unknown."""
        for draft, _ in pairs:
            if draft.product_id:
                self.catalogue.product(draft.product_id)
        images = [self._files.put(png) for _, png in pairs]
        creatives = finished([draft for draft, _ in pairs], images, self._encode, self._clock.now())
        self._index.add(creatives)
        return tuple(self.get(creative.creative_id) for creative in creatives)

    def get(self, creative_id: str) -> Creative:
        """The creative of that id; `Rejected` where the library has none."""
        found = self._index.select("creative_id = ?", (creative_id,))
        if found:
            return found[0]
        if creative_id.startswith("house-"):
            return self.house(creative_id.removeprefix("house-"))
        raise Rejected("invalid", "creative_id", creative_id, "a creative of the library")

    def house(self, format: str) -> Creative:
        """The house creative of any format; its picture is that of the format nearest in shape."""
        return nearest_house(format, self.houses())

    def houses(self) -> tuple[Creative, ...]:
        """The house creatives that have pictures of their own."""
        return self._index.select("product_id = ''", ())

    def list(
        self, product_ids: Sequence[str] = (), format: str = "", after: str = "", limit: int = 100
    ) -> tuple[Creative, ...]:
        """A page of creatives with ids greater than `after`, in their order; of all products where none is given."""
        where, parameters = self._filter(Wanted(product_ids, format))
        return self._index.select(f"{where} AND creative_id > ?", [*parameters, after], min(limit, _MAX_PAGE))

    def newest(self, wanted: Wanted, limit: int) -> tuple[tuple[Creative, ...], int]:
        """The creatives that entered last, newest first, and how many are wanted in all."""
        where, parameters = self._filter(wanted)
        found = self._index.select(where, parameters, limit, "created_at_ms DESC, creative_id")
        return found, self._index.count(where, parameters)

    def wanted(self, wanted: Wanted) -> Iterator[Creative]:
        """All that are wanted, in the order of their ids; read by pages."""
        where, parameters = self._filter(wanted)
        after = ""
        while page := self._index.select(f"{where} AND creative_id > ?", [*parameters, after], _MAX_PAGE):
            yield from page
            after = page[-1].creative_id

    def approve(self, creative_id: str, by: str) -> Creative:
        """Approves the creative for serving, in the name of `by`."""
        return self.change("approve", [creative_id], by, "")[0]

    def change(self, action: Action, creative_ids: Sequence[str], by: str, why: str) -> tuple[Creative, ...]:
        """Approves, pauses, resumes or withdraws creatives, all or none, and keeps who did it, when and why."""
        check_reason(action, by, why)
        each = tuple(dict.fromkeys(creative_ids))
        for creative_id in each:
            check_changeable(creative_id)
        self._index.change(action, each, by, why, self._clock.now())
        return tuple(self.get(creative_id) for creative_id in each)

    def life(self, creative_id: str) -> tuple[LifeEvent, ...]:
        """What people have done with the creative since it was added, oldest first."""
        return self._index.life(creative_id)

    def eligible(self, format: str, product_ids: Sequence[str] = ()) -> tuple[Creative, ...]:
        """The creatives that may be served in the format (law 9: approved only), without house creatives.

        Of all products where none is given.
        """
        where, parameters = self._filter(Wanted(product_ids, format))
        return self._index.select(f"{where} AND {_SERVABLE}", parameters)

    def all_eligible(self) -> tuple[Creative, ...]:
        """The creatives that may be served, of all formats, without house creatives."""
        return self._index.select(_SERVABLE, ())

    def picture(self, creative: Creative) -> bytes:
        """The creative's PNG."""
        return self._files.get(creative.image_sha256)

    def identity(self, draft: Draft) -> str:
        """The id of a draft whose picture has a recipe."""
        return creative_id_of(draft, "")

    def _filter(self, wanted: Wanted) -> tuple[str, Sequence[object]]:
        for product_id in wanted.product_ids:
            self.catalogue.product(product_id)
        each: list[tuple[str, Sequence[object]]] = []
        if wanted.product_ids:
            each.append((f"product_id IN ({','.join('?' * len(wanted.product_ids))})", wanted.product_ids))
        if wanted.format:
            each.append(("format = ?", [wanted.format]))
        if wanted.states:
            each.append((f"state IN ({','.join('?' * len(wanted.states))})", wanted.states))
        where = " AND ".join(condition for condition, _ in each) or "1 = 1"
        return where, [value for _, values in each for value in values]
