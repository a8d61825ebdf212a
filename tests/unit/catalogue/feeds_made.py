"""Feeds written by tests, and what is read from them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.overrides import Overrides
from services.catalogue.feeds.read_feed import open_feed
from services.catalogue.feeds.rows import Rejection

EUROS = Overrides(currency="EUR")
Products = dict[str, pb.Product]


def read(path: Path, overrides: Overrides = EUROS) -> tuple[Products, list[Rejection]]:
    """The products by id, and the rejected rows, of the feed at `path`."""
    with TemporaryDirectory() as folder:
        found = list(open_feed(path, overrides, Path(folder)).products())
    products = [one for one in found if isinstance(one, pb.Product)]
    by_id = {product.product_id: product for product in products}
    assert len(by_id) == len(products), "a product came twice"
    return by_id, [one for one in found if isinstance(one, Rejection)]


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def table(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Delimited text, quoted where it must be."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def reasons(rejected: Iterable[Rejection]) -> list[tuple[int, str, str]]:
    """Row, reason and field of each rejection."""
    return [(one.position.number, one.reason, one.field) for one in rejected]
