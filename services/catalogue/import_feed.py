"""Prepares an import: reads the whole feed, says what it changes, and keeps the changes until somebody applies them.

Nothing is applied before all of the feed has been read and the loss has been looked at, so that a version is taken
whole or not at all. What changes waits in a file, as the feed itself may change meanwhile.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.difference import Difference, Digests, check_loss, difference, digest_of, version_of
from services.catalogue.feeds.read_feed import Feed
from services.catalogue.feeds.rows import Rejection
from services.catalogue.ports import Change
from services.catalogue.private_file import installed, private_file
from services.common.errors import Misconfigured

_LENGTH_BYTES: Final = 4
_TOLD_EVERY: Final = 1_000
_SHOWN: Final = 3

Progress = Callable[[int, int], None]
"""Is told how many rows were read and how many were rejected."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An import that can be applied."""

    version: str
    read: int
    difference: Difference
    rejected_by_reason: dict[str, int]
    rejected_file: Path | None
    says_stock: bool  # whether each file of the feed has a column of what can be bought
    _spool: Path
    _gone: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """What `adloom catalogue import --json` prints, without the seconds."""
        return {
            "version": self.version,
            "read": self.read,
            **asdict(self.difference),
            "rejected": sum(self.rejected_by_reason.values()),
            "rejected_by_reason": self.rejected_by_reason,
            "rejected_file": str(self.rejected_file or ""),
        }

    def changes(self) -> Iterator[Change]:
        """Products that are new or changed, then those that are gone."""
        with self._spool.open("rb") as file:
            while length := file.read(_LENGTH_BYTES):
                product = pb.Product.FromString(file.read(int.from_bytes(length, "big")))
                yield Change(product.product_id, product)
        for product_id in self._gone:
            yield Change(product_id, None)


@dataclass(frozen=True, slots=True)
class Places:
    """Where an import writes."""

    folder: Path  # an empty one for what waits
    rejected: Path  # the rows that were not taken


def prepare(feed: Feed, before: Digests, places: Places, force: bool, progress: Progress) -> Prepared:
    """Reads all of the feed; raises `Misconfigured` where it is damaged, gives no product, or lost nearly all."""
    after: dict[str, bytes] = {}
    reasons: Counter[str] = Counter()
    first: dict[str, str] = {}  # by reason, what is wrong with the first of its rows
    spool, draft = places.folder / "changes", places.rejected.with_suffix(".draft")
    with spool.open("wb") as changed, private_file(draft) as rejected:
        for count, found in enumerate(feed.products()):
            if count % _TOLD_EVERY == 0:
                progress(feed.read, reasons.total())
            if isinstance(found, Rejection):
                reasons[found.reason] += 1
                first.setdefault(found.reason, found.error)
                rejected.write(_line(found))
            else:
                _keep(found, before, after, changed)
    progress(feed.read, reasons.total())
    kept = installed(draft, places.rejected, bool(reasons))
    if not after:
        raise Misconfigured(_no_product(reasons, first, feed.read, kept))
    changes = difference(before, after)
    if not force:
        check_loss(changes)
    gone = tuple(sorted(before.keys() - after.keys()))
    by_reason = dict(sorted(reasons.items()))
    return Prepared(version_of(after), feed.read, changes, by_reason, kept, feed.says_stock(), spool, gone)


def check_stock(changes: Iterable[Change], sold_out: Container[str]) -> None:
    """Raises `Misconfigured` where a feed that says nothing of stock would sell again what is sold out.

    So a column that was renamed is noticed before ads offer what nobody can buy.
    """
    back = [change.product_id for change in changes if change.product and change.product_id in sold_out]
    if back:
        raise Misconfigured(
            f"No column of the feed says what is in stock, and {len(back)} of its products are sold out now "
            f"({', '.join(back[:_SHOWN])}): nothing is taken. Name it in a mapping file: [columns] availability = "
            '"...". If they can be bought, import it with --force.'
        )


def _keep(product: pb.Product, before: Digests, after: dict[str, bytes], changed: IO[bytes]) -> None:
    digest = digest_of(product)
    after[product.product_id] = digest
    if before.get(product.product_id) != digest:
        value = product.SerializeToString()
        changed.write(len(value).to_bytes(_LENGTH_BYTES, "big") + value)


def _no_product(reasons: Counter[str], first: Mapping[str, str], read: int, rejected: Path | None) -> str:
    """Why a feed gives none, with what is wrong with a row of the commonest reason."""
    if not read:
        return "The feed has no rows behind the names of its columns: nothing is taken."
    most = reasons.most_common(_SHOWN)
    counts = ", ".join(f"{reason} {count}" for reason, count in most)
    example = first[most[0][0]].rstrip(".")
    return f"No row of {read} gives a product ({counts}): nothing is taken. {example}; for all see {rejected}."


def _line(found: Rejection) -> bytes:
    return json.dumps(found.facts(), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
