"""All creatives as of the newest messages on `ad.creatives`: by id, in pages, newest first, and what has changed."""

from __future__ import annotations

import heapq
import sys
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative import Creative
from services.assets.creative_messages import DatedCreative, creative_of, message_of, state_of
from services.assets.life import State
from services.catalogue.product_messages import NewestChanges
from services.common.revisions import Revisions
from services.wire.codec.envelope import Position


@dataclass(frozen=True, slots=True)
class Row:
    """What creatives are chosen by, without decoding them."""

    product_id: str
    format: str
    state: State
    created_ms: int
    is_screened: bool
    serialized: bytes  # `pb.Creative`, a tenth of the memory of a decoded one

    def creative(self) -> Creative:
        """The creative."""
        return creative_of(pb.Creative.FromString(self.serialized))


Holds = Callable[[Row], bool]
"""Whether a row is wanted."""


class CreativeTable:
    """One thread applies messages, and who writes a creative applies it too; others ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, Row | None] = {}  # None: gone
        self._count = self._living = self._unscreened = 0
        self._newest = NewestChanges()
        self._ids: list[str] = []  # of all that were ever here; sorted but for those that came since the last page
        self._sorted = True
        self._of_product: dict[str, set[str]] = {}  # ids by product
        self._revisions = Revisions()

    def apply(self, creative: Creative | None, creative_id: str, position: Position) -> None:
        """The creative is so from now on; None: it is gone. An earlier message than the last changes nothing."""
        self.take(DatedCreative(creative_id, None if creative is None else message_of(creative), position))

    def take(self, dated: DatedCreative) -> None:
        """Applies a message that was read."""
        row = None if dated.message is None else _row(dated.message)
        with self._lock:
            if not self._newest.takes(dated.creative_id, dated.position):
                return
            if self._rows.get(dated.creative_id) == row:
                return
            self._revisions.touch(dated.creative_id)
            self._keep(dated.creative_id, row)

    def revision(self) -> int:
        """A number that grows with every change."""
        return self._revisions.newest

    def changed_since(self, revision: int) -> tuple[int, list[str]]:
        """The newest revision, and the ids of the creatives that have changed since `revision`, newest first."""
        with self._lock:
            return self._revisions.newest, self._revisions.since(revision)

    def get(self, creative_id: str) -> Creative | None:
        """The creative, decoded now; None where there is none."""
        row = self._rows.get(creative_id)
        return None if row is None else row.creative()

    def served(self, creative_id: str) -> Creative | None:
        """As `get`, for what is served: the last ones stay decoded, because they are served again."""
        row = self._rows.get(creative_id)
        return None if row is None else _decoded(row)

    def __len__(self) -> int:
        return self._count

    def living(self) -> int:
        """How many are not retired."""
        return self._living

    def unscreened(self) -> int:
        """How many of them have no verdict, and are not served for that (law 9)."""
        return self._unscreened

    def rows_of(self, product_id: str) -> list[Row]:
        """The creatives of a product."""
        with self._lock:
            found = (self._rows.get(creative_id) for creative_id in self._of_product.get(product_id, ()))
            return [row for row in found if row is not None]

    def ids(self) -> frozenset[str]:
        """The ids of all creatives."""
        with self._lock:
            return frozenset(creative_id for creative_id, row in self._rows.items() if row is not None)

    def all(self, holds: Holds, after: str = "", product_ids: frozenset[str] = frozenset()) -> Iterator[Creative]:
        """Those that are wanted and whose ids follow `after`, in the order of their ids; of all products if none."""
        for creative_id in self._ids_after(after, product_ids):
            row = self._rows.get(creative_id)
            if row is not None and holds(row):
                yield row.creative()

    def newest(self, holds: Holds, limit: int) -> tuple[list[Creative], int]:
        """Those that entered last, newest first, and how many are wanted in all."""
        with self._lock:
            found = [(-row.created_ms, name) for name, row in self._rows.items() if row is not None and holds(row)]
        nearest = (self.get(name) for _, name in heapq.nsmallest(limit, found))
        return [creative for creative in nearest if creative is not None], len(found)

    def _keep(self, creative_id: str, row: Row | None) -> None:
        if creative_id not in self._rows:
            self._ids.append(creative_id)
            self._sorted = False
        before = self._rows.get(creative_id)
        self._rows[creative_id] = row
        self._count += int(row is not None) - int(before is not None)
        self._living += _lives(row) - _lives(before)
        self._unscreened += _waits(row) - _waits(before)
        if before is not None:
            self._of_product[before.product_id].discard(creative_id)
        if row is not None:
            self._of_product.setdefault(row.product_id, set()).add(creative_id)

    def _ids_after(self, after: str, product_ids: frozenset[str]) -> list[str]:
        with self._lock:
            if product_ids:
                named = (self._of_product.get(product_id, ()) for product_id in product_ids)
                return sorted(creative_id for ids in named for creative_id in ids if creative_id > after)
            if not self._sorted:
                self._ids.sort()  # nearly sorted already, which makes it linear
                self._sorted = True
            return self._ids[bisect_right(self._ids, after) :]


@lru_cache(maxsize=1024)
def _decoded(row: Row) -> Creative:
    return row.creative()


def _lives(row: Row | None) -> bool:
    return row is not None and row.state != "RETIRED"


def _waits(row: Row | None) -> bool:
    return _lives(row) and row is not None and not row.is_screened


def _row(message: pb.Creative) -> Row:
    return Row(
        sys.intern(message.product_id),  # many creatives share these texts
        sys.intern(message.format),
        state_of(message),
        message.created_at.ToMilliseconds(),
        message.HasField("verdict"),
        message.SerializeToString(),
    )
