"""Reads Merchant feeds in XML, RSS and Atom: element by element, so that a file of any size needs little memory.

Declared entities and external ones are refused by defusedxml. An element without an end is refused by its size. A file
that breaks off or is not well-formed is refused as a whole, as nobody knows what stood behind. Of elements with one
name (`title` and `g:title`) the first counts, except pictures; but `g:id` comes before the `id` of Atom, which is an
address of its own. Where an element says the name of what it holds (`<param name="Color">Red</param>`), a colour, size,
material or brand is read; where a file lists its categories by id, as Yandex's do, an item's is the path to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser, iterparse

from services.catalogue.feeds.columns import KNOWN, REPEATED, plain_name
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.json_lines import names_of
from services.catalogue.feeds.readers.xml_categories import Categories
from services.catalogue.feeds.readers.xml_source import Bounded, multi_byte_encoding
from services.catalogue.feeds.rows import MOST_COLUMNS, NOTHING, Position, Rejection, Row, Value, check_size
from services.common.errors import Misconfigured, Rejected

_GOOGLE: Final = "{http://base.google.com/ns/1.0}"
_ATOM_ID: Final = "{http://www.w3.org/2005/Atom}id"
_MEDIA: Final = "{http://search.yahoo.com/mrss/}"
_ITEMS: Final = frozenset(
    ("item", "entry", "product", "offer", "listing", "shopitem", "o", "produkt", "producto", "produit", "prodotto")
    + ("produto", "artikel", "товар")
)
_PARAMETER: Final = {"param_name": "val", "attribute_name": "attribute_value"}
"""Elements with the name of what the element beside them holds, in Heureka's and in Google's `product_detail`."""

_PARAMETERS: Final = frozenset(("colour", "size", "material", "brand"))
_PICTURES: Final = frozenset(("enclosure", "main", "i"))  # elements whose address is an attribute `url`
_MOST_NESTED: Final = 50
_DEEPEST: Final = 3  # of what an item's elements hold: `g:shipping` holds `g:price`


class XmlFeed:
    """A file of XML."""

    encoding = "as the file says"

    def __init__(self, file: FeedFile) -> None:
        """Raises `Misconfigured` where the first items cannot be read."""
        self._file = file
        self.names = names_of(self.rows(), file.name)
        if not self.names:
            raise Misconfigured(f"{file.name} has no item or entry: a feed of products is RSS or Atom.")

    def rows(self) -> Iterator[Row | Rejection]:
        """All items in order; raises `Misconfigured` where the file is not well-formed."""
        with self._file.path.open("rb") as file:
            source = Bounded(file, self._file.name, multi_byte_encoding(self._file.path))
            categories = Categories()
            try:
                for number, item in enumerate(_items(source, categories), 1):
                    yield _row(item, Position(self._file.name, number), categories)
            except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # ValueError: an encoding
                raise Misconfigured(f"{self._file.name} cannot be read as XML: {_reason(error)}.") from error


def _items(source: Bounded, categories: Categories) -> Iterator[Element]:
    """The elements that describe products; each is forgotten after use, with what stands between them.

    The categories that the file lists are added to `categories` by their ids.
    """
    path: list[Element] = []
    inside = 0  # depth at which the item began that we are in
    known = XMLParser(target=TreeBuilder(), encoding="utf-8") if source.encoding else None
    for event, element in iterparse(source, events=("start", "end"), parser=known):
        if event == "start":
            path.append(element)
            if len(path) > _MOST_NESTED:
                raise Misconfigured(f"{source.name} has elements nested deeper than {_MOST_NESTED}, or is no feed.")
            if not inside and len(path) > 1 and _local(element.tag) in _ITEMS:
                inside = len(path)
            continue
        if len(path) == inside:
            yield element
            inside = 0
        path.pop()
        if not inside:
            categories.add(element)
            source.restart()
            if path:
                path[-1].remove(element)
                element.clear()


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2].lower()


def _row(item: Element, position: Position, categories: Categories) -> Row | Rejection:
    found: dict[str, Value] = {}
    try:
        for _, name, text in sorted(_cells(item, ""), key=itemgetter(0)):
            before = found.get(name)
            if before is None:
                found[name] = text
            elif KNOWN.get(plain_name(name), ("", 0))[0] in REPEATED:
                found[name] = (*(before if isinstance(before, tuple) else (before,)), text)
            if len(found) > MOST_COLUMNS:
                raise Rejected("columns", "row", f"{len(found)} elements", f"at most {MOST_COLUMNS} elements")
        if category := categories.path_to(str(found.get("categoryId", ""))):
            found.setdefault("category", category)
        check_size(found)
    except Rejected as why:
        return Rejection.of(why, position)
    return Row(position, found)


def _cells(element: Element, before: str) -> Iterator[tuple[bool, str, str]]:
    """Names and texts of what an item holds, and whether others of the name go before; nested: `shipping.price`.

    What stands in the item's own tag counts too, as in Yandex's `<offer id="1" available="true">`.
    """
    if not before:
        yield from ((False, _local(name), text.strip()) for name, text in element.attrib.items() if text.strip())
    for child in element:
        name, text = before + str(child.tag).removeprefix(_GOOGLE).rpartition("}")[2], _text(child)
        if len(child) and name.count(".") < _DEEPEST:
            yield from _cells(child, f"{name}.")
        if parameter := _parameter(child):
            yield False, *parameter
        if text and text not in NOTHING and child.get("rel") not in ("self", "edit"):
            yield child.tag == _ATOM_ID, name, text
        elif (address := child.get("url", "")) and (name.rpartition(".")[2] in _PICTURES or _MEDIA in str(child.tag)):
            yield False, "image", address


def _text(element: Element) -> str:
    """What an element says, or where it leads (Atom: <link href="..."/>); a price with its currency."""
    text = (element.text or "").strip() or (element.get("href") or "").strip()
    currency = element.get("currency") or element.get("currencyId") or ""
    return f"{text} {currency}" if text and currency and not any(letter.isalpha() for letter in text) else text


def _parameter(element: Element) -> tuple[str, str] | None:
    """Name and value of a fact that an element names itself, where we have a field for it."""
    within = {_local(child.tag): (child.text or "").strip() for child in element}
    pairs = [(within[name], within.get(value, "")) for name, value in _PARAMETER.items() if name in within]
    name, value = next(iter(pairs), (element.get("name") or "", (element.text or "").strip()))
    return (name, value) if value and KNOWN.get(plain_name(name), ("", 0))[0] in _PARAMETERS else None


def _reason(error: Exception) -> str:
    if isinstance(error, DefusedXmlException):
        return "it declares entities, which a feed of products does not need"
    if isinstance(error, ParseError):
        return f"it breaks off or is not well-formed ({error})"
    return str(error) or type(error).__name__


def is_xml(path: Path) -> bool:
    """Whether the file begins like XML, in UTF-8 or UTF-16."""
    with path.open("rb") as file:
        begin = file.read(64)
    plain = begin.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return plain.lstrip().startswith(b"<")
