"""Reads Merchant feeds in XML, RSS and Atom: element by element, so that a file of any size needs little memory.

Declared entities and external ones are refused by defusedxml. An element without an end is refused by its size. A file
that breaks off or is not well-formed is refused as a whole, as nobody knows what stood behind. Of elements with one
name (`title` and `g:title`) the first counts, except pictures; but `g:id` comes before the `id` of Atom, which is an
address of its own. The encodings of Chinese, Japanese and Korean, which
Python's parser does not know, are turned into UTF-8 before it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser, iterparse

from services.catalogue.feeds.columns import KNOWN, REPEATED, plain_name
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.json_lines import names_of
from services.catalogue.feeds.rows import MOST_COLUMNS, Position, Rejection, Row, Value, check_size
from services.common.errors import Misconfigured, Rejected

_GOOGLE: Final = "{http://base.google.com/ns/1.0}"
_ATOM_ID: Final = "{http://www.w3.org/2005/Atom}id"
_ITEMS: Final = frozenset(("item", "entry", "product", "offer", "listing", "shopitem"))
_MOST_BYTES: Final = 4_000_000
"""Between the ends of two items; the longest row has a quarter of it in characters."""

_DECLARED: Final = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']""")
_BEGIN_BYTES: Final = 256
_MULTI_BYTE: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "big5hkscs": "big5hkscs",
    "shift_jis": "cp932", "cp932": "cp932", "euc_jp": "euc_jp", "euc_kr": "cp949", "cp949": "cp949",
}  # fmt: skip
"""By an encoding that files declare the one that reads them: the largest of its family, as browsers do."""

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
            source = _Bounded(file, self._file.name, multi_byte_encoding(self._file.path))
            try:
                for number, item in enumerate(_items(source), 1):
                    yield _row(item, Position(self._file.name, number))
            except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # ValueError: an encoding
                raise Misconfigured(f"{self._file.name} cannot be read as XML: {_reason(error)}.") from error


def multi_byte_encoding(path: Path) -> str:
    """The encoding of several bytes a character that the file declares, as Python names it; empty for any other."""
    with path.open("rb") as file:
        declared = _DECLARED.search(file.read(_BEGIN_BYTES))
    try:
        return _MULTI_BYTE.get(codecs.lookup(declared[1].decode()).name, "") if declared else ""
    except LookupError:  # the parser says it
        return ""


class _Bounded:
    """The bytes of a file; refuses to give more than an item may have until `restart` is called.

    With an `encoding` they are given as UTF-8; what is no character in it becomes U+FFFD, and its row is rejected.
    """

    def __init__(self, file: IO[bytes], name: str, encoding: str) -> None:
        self.name, self.encoding = name, encoding
        self._file = codecs.EncodedFile(file, "utf-8", encoding, "replace") if encoding else file
        self._given = 0

    def read(self, size: int = -1, /) -> bytes:
        """See a file."""
        self._given += size
        if self._given > _MOST_BYTES:
            raise Misconfigured(f"{self.name} has an element of more than {_MOST_BYTES} bytes, or is no feed.")
        return self._file.read(size)

    def restart(self) -> None:
        """An item has ended."""
        self._given = 0


def _items(source: _Bounded) -> Iterator[Element]:
    """The elements that describe products; each is forgotten after use, with what stands between them."""
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
            source.restart()
            if path:
                path[-1].remove(element)
                element.clear()


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2].lower()


def _row(item: Element, position: Position) -> Row | Rejection:
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
        name = before + str(child.tag).removeprefix(_GOOGLE).rpartition("}")[2]
        if len(child) and name.count(".") < _DEEPEST:
            yield from _cells(child, f"{name}.")
        text = (child.text or "").strip() or (child.get("href") or "").strip()  # Atom: <link href="..."/>
        if text and child.get("rel") not in ("self", "edit"):
            yield child.tag == _ATOM_ID, name, text


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
