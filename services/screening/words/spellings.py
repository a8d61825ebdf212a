"""The words of a text, those too that are spelt so that lists do not find them: "sh1t", "f*ck", "s.h.i.t."; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DISGUISED: Final = re.compile(r"(?<![\w@$!*])[^\W_][\w@$!*]*[0-9@$!*][\w@$!*]*[^\W\d_](?!\w)")
_APART: Final = re.compile(r"(?<!\w)[^\W\d_](?:[ .\-_][^\W\d_]){2,}(?!\w)")
_READ_AS: Final = str.maketrans("013457@$!", "oieastasi")
_SHORTEST: Final = 4  # letters of a word with digits in it: shorter ones are names of models
_FEWEST: Final = 2  # letters that are left of a word with stars


def words_in(plain: str) -> list[str]:
    """The words of a plain text in small letters, in their order.

    >>> words_in("a duck's egg, 2 kg")
    ['a', "duck's", 'egg', 'kg']
    """
    return [match[0] for match in _WORD.finditer(plain)]


def undisguised(plain: str, known: Iterable[str]) -> Iterator[str]:
    """The known words that stand in a text in another spelling.

    >>> list(undisguised("sh1t, f*ck and d.a.m.n, 4x4, size s m l", ["shit", "fuck", "damn", "sml"]))
    ['shit', 'fuck', 'damn', 'sml']
    """
    words = frozenset(known)
    for match in _DISGUISED.finditer(plain):
        if "*" in match[0]:
            yield from _behind_stars(match[0], words)
        elif len(match[0]) >= _SHORTEST and (read := match[0].translate(_READ_AS)) in words:
            yield read
    for match in _APART.finditer(plain):
        if (read := re.sub(r"[ .\-_]", "", match[0])) in words:
            yield read


def _behind_stars(said: str, words: frozenset[str]) -> Iterator[str]:
    """Each star stands for a letter."""
    if sum(letter.isalpha() for letter in said) >= _FEWEST:
        pattern = re.compile(re.escape(said.translate(_READ_AS)).replace(r"\*", r"\w"))
        yield from sorted(word for word in words if pattern.fullmatch(word))[:1]
