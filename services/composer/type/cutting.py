"""What the finders of words in all scripts share: words of shops, and cutting a text; pure but for dictionaries."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Final

import budoux

HAN: Final = re.compile("[\u3400-\u9fff々]")
OF_SHOPS: Final[Mapping[str, list[str]]] = tomllib.loads(
    resources.files("services.composer.type").joinpath("words.toml").read_text("utf-8")
)
"""Words that the dictionaries lack, by language."""


def borders_of(model: str, text: str) -> frozenset[int]:
    """Where BudouX's model of that name ends phrases."""
    return frozenset(accumulate(map(len, _parser(model).parse(text))))


def cut(text: str, at: Iterable[int]) -> list[str]:
    """The text in parts that begin at these places, which ascend."""
    cuts = [0, *at, len(text)]
    return [text[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]


def with_spaces(found: Sequence[str]) -> list[str]:
    """The words, each with the space before it.

    >>> with_spaces(["新款", " ", "外套 ", "男"])
    ['新款', ' 外套', ' 男']
    """
    words: list[str] = []
    space = ""
    for part in (part for one in found for part in re.split("( +)", one) if part):
        if part[0] != " ":
            words.append(space + part)
        space = " " if part[0] == " " else ""
    return words


@cache
def _parser(name: str) -> budoux.Parser:
    load: dict[str, Callable[[], budoux.Parser]] = {
        "thai": budoux.load_default_thai_parser,
        "japanese": budoux.load_default_japanese_parser,
        "traditional": budoux.load_default_traditional_chinese_parser,
    }
    return load[name]()
