"""The library of creatives: pictures addressed by content, and what `ad.creatives` says of them.

A creative is sent only after its picture is stored, so a crash leaves at most a picture without a creative. Two who
change one creative in the same moment both succeed, and the later message counts whole.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from services.assets.changes import added_again, approved_by_two, changed
from services.assets.creative import HOUSE, Creative, Draft, creative_id_of, finished
from services.assets.creative_sink import CreativeSink
from services.assets.house import nearest_house
from services.assets.house_creatives import house_creatives, house_pictures
from services.assets.life import Action, LifeEvent, check_changeable, check_reason
from services.assets.pictures.picture_store import PictureStore
from services.assets.pictures.png_form import as_png
from services.assets.pictures.ports import RefusedStore
from services.assets.wanted import Wanted
from services.common.clock import Clock
from services.common.errors import Misconfigured, Rejected, Unavailable

Knows = Callable[[str], bool]
"""Whether the shop has a product of this id."""

_LOG = logging.getLogger(__name__)
_MAX_PAGE = 1000
_TWO: Final = "two persons approve, each by `adloom library review approve`"


class Library:
    """All creatives of the shop; to change some, or to read a picture, may block on Kafka or the store."""

    def __init__(
        self, creatives: CreativeSink, pictures: PictureStore, knows: Knows, clock: Clock, *, four_eyes: bool = False
    ) -> None:
        """With `four_eyes`, two persons approve what is to be served."""
        self.table = creatives.table
        self._sink = creatives
        self._pictures = pictures
        self._knows = knows
        self._clock = clock
        self._four_eyes = four_eyes

    def keep_house(self) -> None:
        """Stores the pictures of the house; raises `Misconfigured` where the place for pictures is none.

        Who only changes creatives needs none of it: an ad is paused from anywhere, whatever is wrong with the store.
        """
        try:
            for picture in house_pictures().values():
                self._pictures.put(picture)
        except RefusedStore as refused:
            raise Misconfigured(refused.setting) from refused
        except Unavailable as error:  # they are served from here, and by the web door later (law 1)
            _LOG.warning("The pictures of the house could not be stored: %s", error)

    def close(self) -> None:
        """Ends the connection to Kafka."""
        self._sink.close()

    def version(self) -> int:
        """A number that grows with every change that this process knows of."""
        return self.table.revision()

    def ids(self) -> frozenset[str]:
        """The ids of all creatives, those of the house included."""
        return self.table.ids() | {house.creative_id for house in house_creatives()}

    def add(self, draft: Draft, picture: bytes) -> Creative:
        """Adds a creative with its picture; the same content is added once."""
        return self.add_all([(draft, picture)])[0]

    def add_all(self, pairs: Sequence[tuple[Draft, bytes]]) -> tuple[Creative, ...]:
        """Adds creatives with their pictures; a known one is not changed, except that a fresh draft may be approved.

        Raises `Rejected`, before any is added, where a product is unknown.
        """
        for draft, _ in pairs:
            self._check_aim(draft)
            if self._four_eyes and draft.approved_by:
                raise Rejected("four_eyes", "approved_by", draft.approved_by, f"nobody: {_TWO}")
        images = [self._pictures.put(picture, draft.media_type) for draft, picture in pairs]
        now = self._clock.now()
        fresh: dict[str, Creative] = {}
        creatives = finished([draft for draft, _ in pairs], images, now)
        for creative in creatives:
            known = fresh.get(creative.creative_id) or self.table.get(creative.creative_id)
            after = creative if known is None else added_again(known, creative, now)
            if after is not known:
                fresh[creative.creative_id] = after
        self._sink.put(list(fresh.values()))
        return tuple(self.get(creative.creative_id) for creative in creatives)

    def get(self, creative_id: str) -> Creative:
        """The creative of that id; `Rejected` where the library has none."""
        found = self.table.get(creative_id)
        if found is not None:
            return found
        if creative_id.startswith(HOUSE):
            return self.house(creative_id.removeprefix(HOUSE))
        raise Rejected("invalid", "creative_id", creative_id, "a creative of the library")

    def holds(self, creative_id: str) -> bool:
        """Whether there is a creative of that id, and its picture."""
        found = self.table.get(creative_id)
        return found is not None and self._pictures.has(found.image_sha256)

    def house(self, format: str) -> Creative:
        """The house creative of any format; its picture is that of the format nearest in shape."""
        return nearest_house(format, house_creatives())

    def houses(self) -> tuple[Creative, ...]:
        """The house creatives that have pictures of their own."""
        return house_creatives()

    def list(
        self, product_ids: Sequence[str] = (), format: str = "", after: str = "", limit: int = 100
    ) -> tuple[Creative, ...]:
        """A page of creatives with ids greater than `after`, in their order; of all products where none is given."""
        return tuple(islice(self.wanted(Wanted(product_ids, format), after), min(limit, _MAX_PAGE)))

    def wanted(self, wanted: Wanted, after: str = "") -> Iterator[Creative]:
        """All that are wanted and whose ids follow `after`, in the order of their ids."""
        self._check_products(wanted.product_ids)
        houses = [house for house in self._houses(wanted) if house.creative_id > after]
        found = self.table.all(wanted.holds, after, frozenset(wanted.product_ids))
        return heapq.merge(found, houses, key=lambda creative: creative.creative_id)

    def newest(self, wanted: Wanted, limit: int) -> tuple[tuple[Creative, ...], int]:
        """The creatives that entered last, newest first, and how many are wanted in all."""
        self._check_products(wanted.product_ids)
        found, count = self.table.newest(wanted.holds, limit)
        houses = self._houses(wanted)
        return (*found, *houses)[:limit], count + len(houses)

    def approve(self, creative_id: str, by: str) -> Creative:
        """Approves the creative for serving, in the name of `by`."""
        return self.change("approve", [creative_id], by, "")[0]

    def change(self, action: Action, creative_ids: Sequence[str], by: str, why: str) -> tuple[Creative, ...]:
        """Approves, pauses, resumes or withdraws creatives, and keeps who did it, when and why.

        Raises `Rejected`, before any is changed, where one of them does not allow it.
        """
        check_reason(action, by, why)
        each = tuple(dict.fromkeys(creative_ids))
        for creative_id in each:
            check_changeable(creative_id)
        now = self._clock.now()
        after = tuple(self._after(self.get(creative_id), action, by, why, now) for creative_id in each)
        self._sink.put(after)
        return after

    def review(self, action: Action, creative_ids: Sequence[str], by: str, why: str) -> tuple[Creative, ...]:
        """As `change`, of creatives that wait for a person only."""
        for creative_id in creative_ids:
            creative = self.get(creative_id)
            if creative.state not in ("DRAFT", "SCREENED"):
                raise Rejected("invalid", "state", creative.state, f"DRAFT or SCREENED to {action} {creative_id}")
        return self.change(action, creative_ids, by, why)

    def remove(self, creative_ids: Sequence[str]) -> None:
        """Removes creatives for ever, with their lives; for those that were made anew under another id."""
        for creative_id in creative_ids:
            check_changeable(creative_id)
        self._sink.remove(creative_ids)

    def life(self, creative_id: str) -> tuple[LifeEvent, ...]:
        """What was done with the creative since it was added, oldest first, the newest hundred."""
        return self.get(creative_id).life

    def eligible(self, format: str, product_ids: Sequence[str] = ()) -> tuple[Creative, ...]:
        """The creatives that may be served now in the format (law 9: approved only), without house creatives.

        Of all products where none is given.
        """
        return tuple(self._servable(Wanted(product_ids, format, ("APPROVED",))))

    def all_eligible(self) -> tuple[Creative, ...]:
        """The creatives that may be served now, of all formats, without house creatives."""
        return tuple(self._servable(Wanted(states=("APPROVED",))))

    def picture(self, creative: Creative) -> bytes:
        """The creative's picture; raises `Unavailable("assets")`, but never for a house creative."""
        return house_pictures().get(creative.image_sha256) or self._pictures.get(creative.image_sha256)

    def png(self, creative: Creative) -> bytes:
        """As `picture`, as PNG."""
        return as_png(self.picture(creative), creative.media_type)

    def identity(self, draft: Draft) -> str:
        """The id of a draft whose picture has a recipe."""
        return creative_id_of(draft, "")

    def _after(self, creative: Creative, action: Action, by: str, why: str, now: datetime) -> Creative:
        if action == "approve" and self._four_eyes:
            return approved_by_two(creative, by, why, now)
        return changed(creative, action, by, why, now)

    def _servable(self, wanted: Wanted) -> Iterator[Creative]:
        now = self._clock.now()
        for creative in self.wanted(wanted):
            if not creative.is_house and creative.is_approved and creative.is_due(now):
                yield creative

    def _houses(self, wanted: Wanted) -> Sequence[Creative]:
        return sorted(filter(wanted.holds, house_creatives()), key=lambda house: house.creative_id)

    def _check_aim(self, draft: Draft) -> None:
        if draft.product_id or not draft.link:
            self._check_products([draft.product_id])

    def _check_products(self, product_ids: Iterable[str]) -> None:
        for product_id in product_ids:
            if not self._knows(product_id):
                raise Rejected("invalid", "product_id", product_id, "a product of the shop's catalogue")
