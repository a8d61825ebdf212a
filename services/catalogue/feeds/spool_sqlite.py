"""Keeps the variants of groups on disk until their feed has been read: those of one group may stand anywhere in it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.rows import Position
from services.catalogue.feeds.to_product import Draft

_TABLE: Final = """create table draft
    (number integer primary key, "group" text, group_id text, file text, row integer, published integer,
     product blob, options text)"""
_AT_ONCE: Final = 1_000
_ADD: Final = "insert into draft values (null, ?, ?, ?, ?, ?, ?, ?)"
_READ: Final = 'select "group", group_id, file, row, published, product, options from draft order by "group", number'


class Spool:
    """Drafts in a file of its own, which whoever made the folder deletes; used by one thread."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "drafts.sqlite", isolation_level=None)
        for pragma in ("journal_mode = off", "synchronous = off"):  # nobody reads the file after a crash
            self._database.execute(f"pragma {pragma}")
        self._database.execute(_TABLE)
        self._waiting: list[tuple[Any, ...]] = []

    def add(self, draft: Draft) -> None:
        """Keeps a draft."""
        where = draft.position
        options = json.dumps(list(draft.options.items()))
        product = draft.product.SerializeToString()
        self._waiting.append((draft.group, draft.group_id, where.file, where.number, draft.published, product, options))
        if len(self._waiting) >= _AT_ONCE:
            self._write()

    def groups(self) -> Iterator[Iterator[Draft]]:
        """The drafts of each group, in the order in which they were added; each group is read before the next."""
        self._write()
        self._database.execute('create index by_group on draft("group", number)')
        for _, rows in groupby(self._database.execute(_READ), key=lambda row: row[0]):
            yield map(_draft, rows)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _write(self) -> None:
        self._database.execute("begin")
        self._database.executemany(_ADD, self._waiting)
        self._database.execute("commit")
        self._waiting.clear()


def _draft(row: tuple[Any, ...]) -> Draft:
    group, group_id, file, number, published, product, options = row
    known = {index: (name, value) for index, (name, value) in json.loads(options)}
    return Draft(Position(file, number), pb.Product.FromString(product), group, group_id, bool(published), known)
