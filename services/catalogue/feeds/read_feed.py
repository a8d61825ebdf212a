"""From a FILE or FOLDER to a stream of products and rejections.

A row is read, mapped, and checked by itself. Products without variants come at once, those of groups at the end, as
their variants may stand anywhere. Of rows with one id the first is taken. Memory grows with the number of ids alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import quote

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.columns import PRICES
from services.catalogue.feeds.fields.cells import BEST, Cells, as_number
from services.catalogue.feeds.fields.language import guessed_language
from services.catalogue.feeds.fields.money import PriceFormat, decimal_mark_of
from services.catalogue.feeds.fields.web_address import is_path, read_link
from services.catalogue.feeds.mapping import NO_SITE, OTHER_SCALE, ColumnMap, recognise
from services.catalogue.feeds.overrides import Overrides, link_of
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.feed_files import feed_files, open_reader
from services.catalogue.feeds.readers.reader import Reader
from services.catalogue.feeds.rows import Rejection, Row, Value
from services.catalogue.feeds.shop_programs import WOOCOMMERCE
from services.catalogue.feeds.spool_sqlite import Spool
from services.catalogue.feeds.to_product import Draft, to_draft
from services.catalogue.feeds.variants import merged, not_published, with_options
from services.common.errors import Misconfigured, Rejected
from services.common.topics import MAX_MESSAGE_BYTES
from services.wire.codec.rules import check_fields

_MOST_BYTES: Final = MAX_MESSAGE_BYTES - 64 * 1024  # of a message's value, beside its headers
_SHOWN: Final = 80
_UNIQUE: Final = (
    "an id that no row before has (variants of one product share an item_group_id and have ids of their own)"
)
_SAMPLE: Final = 1_000
_TEXTS: Final = ("title", "description")
_FEW: Final = 4  # ratings of which those beyond 5 are wrong rows; of more, most beyond 5 are a scale of 10 or 100


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of the feed that is ready to be read, and how it was understood."""

    file: FeedFile
    reader: Reader
    columns: ColumnMap
    price_format: PriceFormat


def open_feed(path: Path, overrides: Overrides, folder: Path) -> Feed:
    """The feed at FILE or FOLDER; `folder` is an empty one for what is unpacked and waits.

    Raises `Misconfigured` where a file is no feed, or no column gives a field that every product must have.
    """
    return Feed([_opened(file, overrides) for file in feed_files(path, folder)], overrides, folder)


def _opened(file: FeedFile, overrides: Overrides) -> OpenFile:
    reader = open_reader(file, overrides.encoding)
    try:
        columns = recognise(reader.names, overrides)
    except Misconfigured as error:
        raise Misconfigured(f"{file.name}: {error}") from error
    columns = _fitting(columns, reader)
    decimal = overrides.decimal or decimal_mark_of(_sampled(PRICES, reader, columns))
    language = guessed_language(_sampled(_TEXTS, reader, columns))
    known = PriceFormat(overrides.currency or columns.currency, decimal)
    return OpenFile(file, reader, replace(columns, guessed_language=language), known)


def _fitting(columns: ColumnMap, reader: Reader) -> ColumnMap:
    """The mapping without columns whose cells, as a rule, are not what the column is called."""
    ratings = [number for value in _sampled(("rating",), reader, columns) if (number := as_number(value)) is not None]
    if 2 * sum(number > BEST for number in ratings) > max(len(ratings), _FEW):
        columns = columns.without("rating", OTHER_SCALE.format(", ".join(columns.columns["rating"])))
    links = list(_sampled(("link",), reader, columns))
    if links and all(is_path(value) for value in links) and "{link}" not in columns.overrides.link:
        columns = columns.without("link", NO_SITE)
    return columns


def _sampled(fields: Sequence[str], reader: Reader, columns: ColumnMap) -> Iterator[Value]:
    """What the first rows say in these fields."""
    names = [name for field in fields for name in columns.columns.get(field, ())]
    for row in islice(reader.rows(), _SAMPLE):
        if isinstance(row, Row):
            yield from (row.values[name] for name in names if name in row.values)


class Feed:
    """A feed that is read once; `read` says at any time how many rows were."""

    def __init__(self, files: Sequence[OpenFile], overrides: Overrides, folder: Path) -> None:
        self.files, self.read = files, 0
        self._overrides, self._folder = overrides, folder
        self._ids: dict[str, bool] = {}  # of all rows so far; whether it is a product's own

    def says_stock(self) -> bool:
        """Whether every file has a column of what can be bought."""
        return all({"availability", "quantity"} & opened.columns.columns.keys() for opened in self.files)

    def products(self) -> Iterator[pb.Product | Rejection]:
        """All products and rejections; raises `Misconfigured` where a file turns out to be damaged."""
        with closing(Spool(self._folder)) as spool:
            for opened in self.files:
                for row in opened.reader.rows():
                    self.read += 1
                    found = row if isinstance(row, Rejection) else self._taken(row, opened, spool)
                    if found is not None:
                        yield found
            for group in spool.groups():
                yield from merged(group, self._finished)

    def _taken(self, row: Row, opened: OpenFile, spool: Spool) -> pb.Product | Rejection | None:
        """The row's product or rejection; None where it waits for others of its group."""
        try:
            draft = to_draft(row, opened.columns, opened.price_format)
            if draft.product.price_minor or opened.columns.kind == WOOCOMMERCE:
                self._claim(draft.product.product_id)
            if draft.group:
                spool.add(draft)
                return None
            return self._single(draft)
        except Rejected as why:
            return Rejection.of(why, row.position, _shown_id(row, opened.columns))

    def _claim(self, product_id: str) -> None:
        if product_id in self._ids:
            raise Rejected("double_id", "product_id", product_id, _UNIQUE)
        self._ids[product_id] = False

    def _single(self, draft: Draft) -> pb.Product:
        """The product of a row without a group; where it is rejected, a later row may have its id."""
        try:
            return self._finished(_ungrouped(draft))
        except Rejected:
            del self._ids[draft.product.product_id]
            raise

    def _finished(self, product: pb.Product) -> pb.Product:
        """The product, complete; raises `Rejected` where something is missing or its id is taken."""
        if not product.title:
            raise Rejected("no_title", "title", None, "a title")
        if not product.link and self._overrides.link and "{link}" not in self._overrides.link:
            product.link = read_link(link_of(self._overrides.link, quote(product.product_id, safe="")))
        check_fields(product)
        if product.ByteSize() > _MOST_BYTES:
            raise Rejected("too_long", "choices", f"{product.ByteSize()} bytes", f"at most {_MOST_BYTES} bytes")
        if self._ids.get(product.product_id):
            raise Rejected("double_id", "product_id", product.product_id, "an id that no product before has")
        self._ids[product.product_id] = True
        return product


def _ungrouped(draft: Draft) -> pb.Product:
    """The product of a row without a group; raises `Rejected` where the shop does not show it."""
    if not draft.published:
        raise not_published()
    named = with_options(draft, {})
    named.product.attributes.update({name.lower(): value for name, value in named.options.values()})
    return named.product


def _shown_id(row: Row, columns: ColumnMap) -> str:
    """The row's id as it stands there, for the person who looks for the row."""
    said = next(Cells(row, columns).values("product_id"), "")
    return str(said)[:_SHOWN].encode("utf-8", "backslashreplace").decode()
