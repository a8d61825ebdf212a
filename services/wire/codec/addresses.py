"""Finds e-mail addresses in bytes, however the text is encoded or the `@` is written; pure.

Ordinary texts keep their letter: an "at" counts only in brackets, and an `@` that stands alone ("3 @ 5") not at all.
"""

from __future__ import annotations

import re
from typing import Final

_AT: Final = re.compile(
    "(?:@|\uff20|\ufe6b|%(?:25){0,3}(?:40|u0040|uff20)|&commat;|&#(?:0{0,5}64|x0{0,5}40);|\\\\+(?:u0040|x40|u\\{40\\}))"
    "[\u00ad\u200b-\u200f\u2060\ufeff]{0,3}[\\w\\[]",  # characters that are not seen may stand in between
    re.IGNORECASE,
)
_SIGNS: Final = ("@", "\uff20", "\ufe6b", "40", "64;", "commat", "ff20")
_SPACED: Final = re.compile("[@\uff20]\\s{1,3}[\\w-]{1,63}\\.[^\\W\\d_]{2}|\\s[@\uff20][\\w-]{1,63}\\.[^\\W\\d_]{2}")
_WORDS: Final = ("at", " at", "@", " @", "dot", " dot")
_DISGUISED: Final = re.compile(
    r"[(\[{<] ?(?:at|@) ?[)\]}>]\s{0,3}[\w-]{1,63}"
    r"(?:\.|\s{1,3}dot\s|\s{0,3}[(\[{<] ?(?:dot|\.) ?[)\]}>]\s{0,3})[^\W\d_]{2}"  # [at] example [dot] org
    r"|\bat\s{1,3}[\w-]{1,63}\s{0,3}[(\[{<] ?dot ?[)\]}>]\s{0,3}[^\W\d_]{2}",  # at example (dot) org
    re.IGNORECASE,
)
_BRACKETED: Final = {opening: tuple(opening + word for word in _WORDS) for opening in "([{<"}
_LETTER: Final = rb"(?:[a-z0-9-]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2})"  # of a domain, in UTF-8
_WHOLE: Final = re.compile(
    rb"@(?<=[\w.+\"'\x80-\xff-]@)(?:"
    + _LETTER
    + rb"{1,63}\.){0,8}"
    + _LETTER
    + rb"{2,63}\.(?:[a-z]{2}|[\xc3-\xef][\x80-\xbf])",
    re.IGNORECASE,
)


def names_address(data: bytes) -> bool:
    """Whether a text, in UTF-8, UTF-16 or UTF-32, contains something that looks like an e-mail address.

    >>> names_address(b"order-alice%40example.org"), names_address("a@b.c".encode("utf-16")), names_address(b"at @home")
    (True, True, False)
    >>> names_address(b"alice [at] example [dot] org"), names_address(b"look (at) me. Dot"), names_address(b"3 @ 5.50")
    (True, False, False)
    """
    text = text_of(data).lower()
    # Most texts have no such sign: to look for it first is much faster than to search for the expressions.
    signed = any(sign in text for sign in _SIGNS)
    if signed and any(_follows_name(text, at.start()) for at in _AT.finditer(text)):
        return True
    if signed and _SPACED.search(text) is not None:
        return True
    bracketed = (word in text for opening, words in _BRACKETED.items() if opening in text for word in words)
    return any(bracketed) and _DISGUISED.search(text) is not None


def names_whole_address(data: bytes) -> bool:
    """Whether bytes of any kind contain an `@` and a whole domain after it.

    A weaker sign would be found in arbitrary bytes by chance: `x@y` once in 1,000 of them, a whole domain once in more
    than 10 million.
    """
    return _WHOLE.search(data.replace("\uff20".encode(), b"@")) is not None


def text_of(data: bytes) -> str:
    """The text of `data` without NULs, which UTF-16 and UTF-32 are full of."""
    return data.replace(b"\0", b"").decode("utf-8", "replace")


def _follows_name(text: str, at: int) -> bool:
    return at > 0 and not text[at - 1].isspace() and text[at - 1] != "@"
