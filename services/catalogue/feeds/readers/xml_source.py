"""The bytes of an XML file as the parser takes them: bounded, in an encoding and with entities that it knows.

The encodings of Chinese, Japanese and Korean, which Python's parser does not know, are turned into UTF-8. Entities of
HTML (`&eacute;`), which shops' programs write though XML does not know them, become the numbers of their characters.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from pathlib import Path
from typing import IO, Final

from services.common.errors import Misconfigured

_MOST_BYTES: Final = 4_000_000
"""Between the ends of two items; the longest row has a quarter of it in characters."""

_DECLARED: Final = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']""")
_BEGIN_BYTES: Final = 256
_MULTI_BYTE: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "big5hkscs": "big5hkscs",
    "shift_jis": "cp932", "cp932": "cp932", "euc_jp": "euc_jp", "euc_kr": "cp949", "cp949": "cp949",
}  # fmt: skip
"""By an encoding that files declare the one that reads them: the largest of its family, as browsers do."""

_ENTITY: Final = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_LONGEST: Final = 33  # bytes of an entity before its end
_OF_XML: Final = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))


def multi_byte_encoding(path: Path) -> str:
    """The encoding of several bytes a character that the file declares, as Python names it; empty for any other."""
    with path.open("rb") as file:
        declared = _DECLARED.search(file.read(_BEGIN_BYTES))
    try:
        return _MULTI_BYTE.get(codecs.lookup(declared[1].decode()).name, "") if declared else ""
    except LookupError:  # the parser says it
        return ""


class Bounded:
    """The bytes of a file; refuses to give more than an item may have until `restart` is called.

    With an `encoding` they are given as UTF-8; what is no character in it becomes U+FFFD, and its row is rejected.
    """

    def __init__(self, file: IO[bytes], name: str, encoding: str) -> None:
        self.name, self.encoding = name, encoding
        self._file = codecs.EncodedFile(file, "utf-8", encoding, "replace") if encoding else file
        self._given, self._rest = 0, b""

    def read(self, size: int = -1, /) -> bytes:
        """See a file."""
        self._given += size
        if self._given > _MOST_BYTES:
            raise Misconfigured(f"{self.name} has an element of more than {_MOST_BYTES} bytes, or is no feed.")
        read = self._rest + (more := self._file.read(size))
        cut = _cut(read) if more else len(read)
        self._rest = read[cut:]
        return _ENTITY.sub(_numbered, read[:cut]) if cut or not more else self.read(size)

    def restart(self) -> None:
        """An item has ended."""
        self._given = 0


def _cut(read: bytes) -> int:
    """Where to cut the bytes so that no entity is cut."""
    begin = read.rfind(b"&", max(0, len(read) - _LONGEST))
    return begin if begin >= 0 and b";" not in read[begin:] else len(read)


def _numbered(entity: re.Match[bytes]) -> bytes:
    meant = html5.get(f"{entity[1].decode()};", "")
    if entity[1] in _OF_XML or not meant:
        return entity[0]
    return "".join(f"&#{ord(letter)};" for letter in meant).encode()
