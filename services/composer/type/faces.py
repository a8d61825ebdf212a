"""The free typefaces (OFL) in which ads are set, by character: what comes first, and what stands in for other scripts.

A text is set in one face that has all of its letters, so that no text shows boxes and none mixes faces. Which face is
tried first follows from the character of the type, then from the language: one Chinese character has other forms in
Japan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

Role = Literal["headline", "text"]


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface. Measures are multiples of the size."""

    package: str
    file: str
    axes: tuple[int, ...]  # as the file orders them; none for a face of one weight
    number: int = 0  # within a collection
    leading: float = 1.22  # distance of lines
    rise: float = 0.72  # of letters above the baseline: capitals, ideographs, Thai with its marks
    fall: float = 0.22  # below it
    middle: float = 0.35  # of a line as the eye sees it, above the baseline
    features: tuple[str, ...] = ()  # of OpenType
    spaced: bool = True  # words may be drawn one by one; not where lines mix directions


@dataclass(frozen=True, slots=True)
class Type:
    """A character of type."""

    headline: tuple[Face, ...]
    text: tuple[Face, ...]
    headline_weight: int  # of the faces of other scripts
    text_weight: int


def _manrope(weight: int, leading: float) -> Face:
    return Face("fontpkg_manrope", "files/Manrope[wght].ttf", (weight,), leading=leading)


def _playfair(weight: int) -> Face:
    # Its own figures are old-style: in prices they dance.
    name = "files/PlayfairDisplay[wght].ttf"
    return Face("fontpkg_playfair_display", name, (weight,), leading=1.14, rise=0.71, features=("lnum",))


def _nunito(weight: int, leading: float) -> Face:
    return Face("fontpkg_nunito", "files/Nunito[wght].ttf", (weight,), leading=leading)


def _archivo(weight: int, width: int, leading: float) -> Face:
    return Face("fontpkg_archivo", "files/Archivo[wdth,wght].ttf", (weight, width), leading=leading, rise=0.69)


def _oswald(weight: int) -> Face:
    return Face("fontpkg_oswald", "files/Oswald[wght].ttf", (weight,), leading=1.2, rise=0.81, middle=0.40)


def _jost(weight: int, leading: float) -> Face:
    return Face("fontpkg_jost", "files/Jost[wght].ttf", (weight,), leading=leading, rise=0.70)


def _noto(weight: int) -> Face:
    return Face("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf", (weight, 100), rise=0.73)


def _semitic(weight: int) -> Face:
    name = "files/Rubik[wght].ttf"
    return Face("fontpkg_rubik", name, (weight,), leading=1.34, rise=0.78, fall=0.3, middle=0.3, spaced=False)


def _thai(weight: int) -> Face:
    named = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}[weight]
    return Face("fontpkg_sarabun", f"files/Sarabun-{named}.ttf", (), leading=1.45, rise=0.95, fall=0.3, middle=0.32)


def _cjk(weight: int, number: int) -> Face:
    name = "NotoSansCJK-VF.otf.ttc"
    return Face("manimgx_fonts_cjk", name, (weight,), number, leading=1.3, rise=0.86, fall=0.12, middle=0.37)


_TEXT: Final = _manrope(500, 1.36)
_STRONG_TEXT: Final = _manrope(600, 1.36)

TYPES: Final[Mapping[str, Type]] = {
    "grotesk": Type((_manrope(700, 1.16),), (_TEXT,), 700, 500),
    "serif": Type((_playfair(600),), (_TEXT,), 600, 500),
    "rounded": Type((_nunito(900, 1.14),), (_nunito(700, 1.32),), 800, 600),
    "condensed": Type((_archivo(800, 76, 1.06), _oswald(600)), (_archivo(600, 96, 1.3), _STRONG_TEXT), 800, 600),
    "geometric": Type((_jost(500, 1.18),), (_jost(400, 1.34),), 500, 400),
    "heavy": Type((_archivo(900, 112, 1.08), _manrope(800, 1.16)), (_archivo(600, 100, 1.3), _STRONG_TEXT), 800, 600),
}  # fmt: skip
"""All characters of type by name."""

PLAIN: Final = "grotesk"
_JAPANESE, _KOREAN, _SIMPLIFIED, _TRADITIONAL = 0, 1, 2, 3
_COLLECTED: Final[Mapping[str, int]] = {
    "ja": _JAPANESE, "ko": _KOREAN, "zh": _SIMPLIFIED,
    "zh-hant": _TRADITIONAL, "zh-tw": _TRADITIONAL, "zh-hk": _TRADITIONAL,
}  # fmt: skip
_SEMITIC: Final = frozenset(("ar", "fa", "he", "ur"))


@cache
def faces_of(type_: str, role: Role, language: str) -> Sequence[Face]:
    """The faces of a character of type, the first ones first."""
    said = TYPES[type_]
    own, weight = (said.headline, said.headline_weight) if role == "headline" else (said.text, said.text_weight)
    parts = language.lower().replace("_", "-").split("-")
    number = _COLLECTED.get("-".join(parts[:2]), _COLLECTED.get(parts[0], -1))
    others = (_noto(weight), _semitic(weight), _thai(weight), _cjk(weight, _SIMPLIFIED))
    if number >= 0:
        return (_cjk(weight, number), *own, *others)
    if parts[0] in _SEMITIC:
        return (_semitic(weight), *own, *others)
    return (_thai(weight), *own, *others) if parts[0] == "th" else (*own, *others)
