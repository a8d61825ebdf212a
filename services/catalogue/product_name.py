"""The name of a product in its title: shops write into titles what they say of the offer, and that is a claim (law 10).

    "【楽天1位】 FREE SHIPPING!! Linen shirt - 50% OFF today only"  ->  "Linen shirt"

A title is parted at brackets, bars, dashes and exclamation marks. A part that only promotes goes, and so do the phrases
of promotion within another part. A title without any is given back as it is, so that no true name changes. What is a
promotion stands in `promotions.toml`: nothing that products are called is to be there ("For Sale sign", "三折伞").
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Final

_TABLE: Final = tomllib.loads(resources.files("services.catalogue").joinpath("promotions.toml").read_text("utf-8"))
_LATIN: Final = "A-Za-zÀ-ÖØ-öø-ÿ0-9"


def _pattern(words: list[str], characters: list[str]) -> re.Pattern[str]:
    spelled = rf"(?<![{_LATIN}])(?:{'|'.join(words)})(?![{_LATIN}])"
    return re.compile("|".join((spelled, *characters)), re.IGNORECASE)


_ANYWHERE: Final = _pattern(_TABLE["words"], _TABLE["characters"])
_ALONE: Final = _pattern(_TABLE["alone"], _TABLE["characters_alone"])
_FILLERS: Final = _pattern([_TABLE["fillers"]], [])
_PAIRS: Final = ("【】", "〔〕", "［］", "[]", "()", "（）", "{}", "＜＞", "≪≫", "《》", "★★", "☆☆", "＼／", "◆◆")
_BRACKETS: Final = re.compile("|".join(f"\\{a}([^\\{a}\\{b}]*)\\{b}" for a, b in _PAIRS))
_MARKS: Final = "|｜!！★☆◆◇●■□♪♥❤•~～*\U0001f300-\U0001faff⚡✨⭐\ufe0f"
_BETWEEN: Final = re.compile(
    rf"(\s+[–—:-]\s+|:\s+|\s*[{_MARKS}]+\s*|[、;；・]\s*|[,，](?!\d)\s*)",
)
_SPACES: Final = re.compile(r"\s+")
_EDGES: Final = re.compile(rf"^[\s{_MARKS}:：,，、;；・+&/–—-]+|[\s{_MARKS}:：,，、;；・+&/–—-]+$")
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def product_name(title: str) -> str:
    """The title without its promotions; empty where it has nothing else.

    >>> product_name("FREE SHIPPING!! Linen shirt, red - 50% OFF today only"), product_name("包邮 夏季连衣裙")
    ('Linen shirt, red', '夏季连衣裙')
    >>> product_name("Yahoo! mug - Limited Edition"), product_name("SALE!!!")
    ('Yahoo! mug - Limited Edition', '')
    """
    plain = _BRACKETS.sub(_bracket, title)
    kept = _kept_parts(plain)
    if kept == title:
        return title
    name = _EDGES.sub("", _SPACES.sub(" ", kept))
    return name if _says_something(name) else ""


def _bracket(found: re.Match[str]) -> str:
    """The brackets with what they keep; a space where they only promote."""
    inner = next(group for group in found.groups() if group is not None)
    kept = _kept_parts(inner)
    if kept == inner:
        return found[0]
    left = _EDGES.sub("", kept)
    return f"{found[0][0]}{left}{found[0][-1]}" if _says_something(left) else " "


def _kept_parts(text: str) -> str:
    """The parts that do not only promote, with what stood between them and the part before."""
    first, *rest = _BETWEEN.split(text)
    found = [("", first), *zip(rest[::2], rest[1::2], strict=True)]
    kept = [(between, part if not part.strip() else _kept(part)) for between, part in found]
    if [part for _, part in kept] == [part for _, part in found]:
        return text
    return "".join(between + part for between, part in kept if part.strip())


def _kept(part: str) -> str:
    """The part without promotions; empty where nothing else is said."""
    without = _ANYWHERE.sub(_gap, part)
    if _says_something(_FILLERS.sub(" ", _ALONE.sub(" ", without))):
        return part if without == part else without
    return "" if without != part or _ALONE.search(part) else part


def _gap(found: re.Match[str]) -> str:
    """What stands where a phrase was: a space, but nothing within a script that has none."""
    around = found.string[max(found.start() - 1, 0) : found.start()] + found.string[found.end() : found.end() + 1]
    return "" if len(_UNSPACED.findall(around)) == len(("before", "behind")) else " "


def _says_something(text: str) -> bool:
    return any(letter.isalnum() for letter in text)
