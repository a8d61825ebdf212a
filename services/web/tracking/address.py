"""An address as a header can carry it: ASCII, as a browser would write the same address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

_SENDABLE: Final = re.compile(r"[!-~]+")
_AS_IT_IS: Final = "!#$%&'()*+,/:;=?@[]~"  # with "%": what is percent-encoded already stays so
_OTHERWISE_TODAY: Final = re.compile("[ßẞς]")
_JOINERS: Final = re.compile("[\u200c\u200d]")


def sendable(link: str) -> str | None:
    """The same address in printable ASCII; itself where it is so already, None where it has no such form.

    >>> sendable("https://shop.example/帽?q=caffè"), sendable("https://bücher.example:8443/a%20b")
    ('https://shop.example/%E5%B8%BD?q=caff%C3%A8', 'https://xn--bcher-kva.example:8443/a%20b')
    >>> sendable("https://shop.example/%E5%B8%BD?a={b}"), sendable("https://ü..example/")
    ('https://shop.example/%E5%B8%BD?a={b}', None)
    """
    if not link or _SENDABLE.fullmatch(link):
        return link
    try:
        parts = urlsplit(link)
        rest = (quote(part, safe=_AS_IT_IS) for part in parts[2:])
        found = urlunsplit((parts.scheme, _netloc(parts.netloc), *rest))
    except ValueError:
        return None
    return found if _SENDABLE.fullmatch(found) else None


def _netloc(netloc: str) -> str:
    """With the host in IDNA; raises `ValueError` where it has none."""
    user, at, where = netloc.rpartition("@")
    if where.isascii():
        return quote(user, safe=_AS_IT_IS) + at + where
    host, colon, port = where.partition(":")
    if _JOINERS.search(host):
        raise ValueError("a host with invisible characters")
    labels = ".".join(map(_label, re.split("[.。．｡]", host)))
    return quote(user, safe=_AS_IT_IS) + at + labels.encode("idna").decode() + colon + port


def _label(label: str) -> str:
    """Python's IDNA of 2003 would make `ss` of `ß`, another host than the one that browsers of today ask."""
    return f"xn--{label.lower().encode('punycode').decode()}" if _OTHERWISE_TODAY.search(label) else label
