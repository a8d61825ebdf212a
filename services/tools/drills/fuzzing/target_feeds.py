"""The fuzzing target feeds: any bytes as the file that a shop imports, by the import's own entries."""

from __future__ import annotations

import json
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.columns import ATTRIBUTES, FIELDS
from services.catalogue.feeds.overrides import Overrides, read_overrides
from services.catalogue.feeds.read_feed import Feed, open_feed
from services.catalogue.feeds.readers.archive import FREE_BYTES, MOST_RATIO
from services.catalogue.feeds.rows import Rejection
from services.catalogue.import_feed import Places, Prepared, prepare
from services.common.errors import Misconfigured
from services.common.topics import MAX_MESSAGE_BYTES
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.seeds.feed_files import hostile_feeds, json_feeds, text_feeds
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.wire.codec.rules import check_fields

_MAPPING: Final = b"""currency = "EUR"
decimal = ","
time_zone = "Europe/Berlin"
link = "https://shop.example/{product_id}"
tax = "19"
"""
_COLUMNS: Final = b"""link = "https://shop.example/{link}"
[columns]
title = ["title", "name"]
rating = ""
[attributes]
fit = "size"
"""
_LARGEST: Final = 400_000  # a list of JSON in one line is read at some 300,000 elements a second
_LINES_A_SECOND: Final = 500.0  # what 100,000 products in under three minutes need
_MOST_ROWS: Final = 1_000  # a list of JSON and a file of Parquet have many without a line end
_MOST_TEXT: Final = 4_000  # of a message for a person
_CHUNK_BYTES: Final = 1 << 20  # what an archive may be over its bound when that is noticed
_MEMORY: Final = Path("/dev/shm")


def feeds_target(folder: Path) -> Target:
    """Feeds of every kind. A case is the mapping file, empty for none, and the feed in one or two parts."""
    importer = Importer(folder)
    seeds: list[Case] = [(said, content, b"") for said in (b"", _MAPPING) for content in text_feeds()]
    seeds += [(said, b"", content) for said in (b"", _MAPPING) for content in json_feeds()]
    seeds += [(_MAPPING, content, b"") for content in hostile_feeds()]
    seeds.append((_COLUMNS, next(text_feeds()), b""))
    shapes = (Shape.TEXT, Shape.TEXT, Shape.JSON_LINES)
    return Target("feeds", importer.take, seeds, shapes, _dictionary(), _LARGEST, _LINES_A_SECOND, close=importer.close)


class Beginning(Feed):
    """The first rows of a feed."""

    def products(self) -> Iterator[pb.Product | Rejection]:
        """See `Feed.products`."""
        return islice(super().products(), _MOST_ROWS)


class Importer:
    """Imports the file in a case; its folder is in shared memory where the machine has that."""

    def __init__(self, folder: Path) -> None:
        self._memory = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else folder)
        self._folder = Path(self._memory.name)

    def close(self) -> None:
        """Removes the folder."""
        self._memory.cleanup()

    def take(self, case: Case) -> str:
        """Prepares an import; returns why the file was refused, or the reasons of rejected rows."""
        said, *parts = (*case, b"")
        path, work, mapping = self._folder / "feed", self._folder / "work", self._folder / "mapping.toml"
        path.write_bytes(b"".join(parts))
        mapping.write_bytes(said)
        work.mkdir()
        try:
            return self._taken(path, work, read_overrides(mapping))
        except Misconfigured as refused:
            check_text(str(refused))
            return f"refused by {traceback.extract_tb(refused.__traceback__)[-1].name}"
        finally:
            written = sum(one.stat().st_size for one in work.rglob("*") if one.is_file())
            shutil.rmtree(work)
            check_written(path.stat().st_size, written)

    def _taken(self, path: Path, work: Path, overrides: Overrides) -> str:
        feed = open_feed(path, overrides, work)
        rejected = work / "rejected.jsonl"
        done = prepare(Beginning(feed.files, overrides, work), {}, Places(work, rejected), True, lambda *_: None)
        check_prepared(done)
        return f"{min(done.difference.new, 3)} taken, {', '.join(list(done.rejected_by_reason)[:3])}"


def check_written(given: int, written: int) -> None:
    """Raises `NotAllowed` where a file became many times larger on the disk: archives are unpacked there."""
    if written > FREE_BYTES + MOST_RATIO * given + _CHUNK_BYTES:
        raise NotAllowed(f"{given} bytes became {written}")


def check_prepared(done: Prepared) -> None:
    """Raises unless every product may be published and every rejected row is told as people and programs read it."""
    for change in done.changes():
        product = change.product
        if product is None or not (product.product_id and product.title and product.price_minor > 0):
            raise NotAllowed(f"it takes {str(product)[:200]}")
        check_fields(product)
        if product.ByteSize() > MAX_MESSAGE_BYTES:
            raise NotAllowed(f"a product of {product.ByteSize()} bytes")
    lines = done.rejected_file.read_bytes().splitlines() if done.rejected_file else []
    if len(lines) != sum(done.rejected_by_reason.values()):
        raise NotAllowed(f"{len(lines)} rejected rows are kept of {sum(done.rejected_by_reason.values())}")
    for line in lines:
        told = json.loads(line)
        if not (told["reason"] and told["field"] and told["expected"]) or len(told["error"]) > _MOST_TEXT:
            raise NotAllowed(f"a row is rejected with {line[:300]!r}")


def check_text(message: str) -> None:
    """Raises `NotAllowed` for a message that a terminal would obey, or that nobody reads."""
    if not message.isprintable() or len(message) > _MOST_TEXT:
        raise NotAllowed(f"a message of {len(message)} characters: {message[:300]!r}")


_WORDS: Final = (
    "Variant Price", "Handle", "Regular price", "Type", "variation", "variable", "\t", ",", ";", "|", "\n", '"', '""',
    "sep=\t\n", "<item>", "</item>", "<![CDATA[", "]]>", "&#0;", "&#xD800;", "<!DOCTYPE a>", "xmlns:g=", "[", "{",
    '<?xml version="1.0" encoding="utf-7"?>', '"value":', '"currency":', "1.299,00 EUR", "29,90 \u20ac", "\uffe52,980",
    "1,299", "KWD 1.234", "-1", "1e999", "\u0663", "9" * 30, "1/0", "2026-03-01/2026-02-01", "http://[::1",
    "javascript:1", "a" * 300, "handleId", "fieldType", "surcharge", "configurable_variations", "sku=a,size=S|",
    "&eacute;", "<param name=", '"products":', "[columns]", 'link = "{link}"', "{product_id!r}", "{0.__class__}",
    "\U0001f600", "&lt;script&gt;", "PAR1",
)  # fmt: skip


def _dictionary() -> list[bytes]:
    words = (*FIELDS, *ATTRIBUTES[:4], *_WORDS)
    return [b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04", *(word.encode() for word in words)]
