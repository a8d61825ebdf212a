"""Decodes the forms in which bytes travel as text: base64, hex, percent-encoding, entities, escapes, UTF-16; pure.

Any word is base64 of something, so what is decoded may be nonsense.
"""

from __future__ import annotations

import binascii
import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final
from urllib.parse import unquote_to_bytes

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64: Final = bytes({45: 43, 95: 47}.get(n, n if n in _ALPHABET else 65) for n in range(256))
"""base64url as base64, and all that is neither as `A`, which stands for zeros."""

_SHORTEST: Final = 8
"""Characters of base64 that a@b.de has."""

_TOKEN: Final = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % _SHORTEST)
_PATH: Final = re.compile(rb"(?:[a-z0-9_-]*/)+")
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_MOST_TOKENS: Final = 128
_LONG_BYTES: Final = 10_000
_CONTROLS: Final = bytes({*range(32)} - {9, 10, 11, 12, 13})
_ESCAPE: Final = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)

_SHORTEST_TEXT: Final = 12
"""Bytes; of arbitrary ones, one in 100,000 of this length is a text."""

_ZEROS: Final = re.compile("&#0+(?=[0-9])")
_TOO_LARGE: Final = re.compile("&#[0-9]{8,};?")
"""A reference to a number that no character has; Python refuses to read one of more than 4,300 digits."""

_SPACES: Final = dict.fromkeys((9, 10, 13), " ")


def is_text(data: bytes) -> bool:
    """Whether `data` is a text, in UTF-8, and long enough not to be one by chance."""
    if len(data) < _SHORTEST_TEXT:
        return False
    try:
        return data.decode().translate(_SPACES).isprintable()
    except UnicodeDecodeError:
        return False


def swept(value: bytes) -> Iterator[bytes]:
    """`value` as base64 from each of four places on: every base64 text in it is decoded in one of them.

    >>> [b"alice@" in data for data in swept(b"https://shop/who/YWxpY2VAZXhhbXBsZS5vcmc?x=1")]
    [False, True, False, False]
    """
    text = value.translate(_TO_BASE64)
    for start in range(4):
        yield binascii.a2b_base64(text[start : len(text) - (len(text) - start) % 4])


def decoded(value: bytes) -> Iterator[bytes]:
    """What `value`, or the first words of it, may stand for."""
    if value.count(0) * 3 >= len(value):  # UTF-16 or UTF-32
        yield value.replace(b"\0", b"")
    if b"\\" in value and value[:1] in b'[{"':
        yield from _json_texts(value)
    if (
        value.translate(None, _CONTROLS) == value
    ):  # of binary data, an escape is none: to remove it would only break the message
        yield from _unescaped(value)
    for token in islice(_tokens(value), _MOST_TOKENS):
        yield from _from_token(token)
    dense = value.translate(None, b" \t\r\n:\"'=")
    if dense != value and _TOKEN.fullmatch(dense):
        yield from _from_token(dense)


def _tokens(value: bytes) -> Iterator[bytes]:
    """Words that may be base64 or hex, and what follows the names of a path: base64 has slashes itself."""
    for word in _TOKEN.finditer(value):
        yield word[0]
        path = _PATH.match(word[0])
        if path and len(word[0]) - path.end() >= _SHORTEST:
            yield word[0][path.end() :]


def _from_token(token: bytes) -> Iterator[bytes]:
    with suppress(ValueError):
        yield binascii.unhexlify(token)
    if len(token) < _LONG_BYTES:  # the search for hex within a longer one would take tens of milliseconds
        yield from map(binascii.unhexlify, _HEX.findall(token))
    text = token.translate(_TO_BASE64)
    if len(text) % 4 != 1:
        yield binascii.a2b_base64(text + b"=" * (-len(text) % 4))


def _json_texts(value: bytes) -> list[bytes]:
    """The texts in JSON, of which some may be JSON again, or bytes."""
    found: list[object] = []

    def gather(pairs: list[tuple[str, object]]) -> None:
        found.extend(held for _, held in pairs)

    try:
        whole = json.loads(value, object_pairs_hook=gather)
    except (ValueError, RecursionError):
        return []
    found += whole if isinstance(whole, list) else [whole]
    return [text.encode("utf-8", "surrogatepass") for text in found if isinstance(text, str)]


def _unescaped(value: bytes) -> Iterator[bytes]:
    """Percent-encoding, HTML entities and backslash escapes as what they stand for, one after the other.

    Each on its own, because what the first gives may be compressed bytes, in which the others would break something.
    """
    if b"%" in value:
        value = unquote_to_bytes(value)
        yield value
    if b"&" in value:
        value = _without_entities(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        yield value
    if b"\\" in value:
        yield _ESCAPE.sub(_meant, value)


def _without_entities(text: str) -> str:
    """`text` with HTML entities as the characters that they stand for, however many digits they have."""
    return html.unescape(_TOO_LARGE.sub("\ufffd", _ZEROS.sub("&#", text)))


def _meant(escape: re.Match[bytes]) -> bytes:
    if escape[3] is not None:
        return bytes(escape[3])
    return chr(int(escape[1] or escape[2], 16)).encode("utf-8", "surrogatepass")
