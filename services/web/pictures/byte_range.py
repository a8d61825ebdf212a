"""Which part of a file a `Range` header asks for (RFC 9110, section 14); pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ONE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last byte of a part; empty where nothing of the file is asked for."""

    first: int
    last: int

    @property
    def empty(self) -> bool:
        return self.last < self.first


def span_of(header: str, size: int) -> Span | None:
    """The one part that is asked for; None for the whole: without a header, or for one that a server may ignore.

    >>> span_of("bytes=0-3", 10), span_of("bytes=8-99", 10), span_of("bytes=-3", 10)
    (Span(first=0, last=3), Span(first=8, last=9), Span(first=7, last=9))
    >>> span_of("bytes=10-", 10).empty, span_of("bytes=0-1,4-5", 10), span_of("", 10)
    (True, None, None)
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return Span(max(size - int(found[2]), 0), size - 1) if int(found[2]) else Span(0, -1)
    first = int(found[1])
    if found[2] and int(found[2]) < first:
        return None  # invalid, so it is ignored
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return Span(first, last)
