"""Schemes of colours around a product's colour or a brand's: each gives surfaces, and inks that can be read on them.

A scheme names lightness, chroma and hue of its parts (OKLCH). Hues follow the product's; what a brand kit says of a
role wins. Inks are moved away from their surface until their contrast is that of a good text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from services.composer.drawing.oklch import difference, lch_of, of_lch
from services.composer.drawing.palette import INK, LEAST_CONTRAST, PAPER, Colour, contrast, mixed

ROLES: Final = ("ground", "panel", "deep", "accent", "ink", "soft", "on_panel", "on_accent", "on_deep")
NO_ROLES: Final[Mapping[str, Colour]] = MappingProxyType({})

_GREY: Final = 0.035  # chroma below which a colour has no hue worth following
_NEUTRAL_HUE: Final = 70.0  # warm, as paper is
_APART: Final = 0.11  # least difference of a product and what lies behind it
_BESIDE: Final = 0.05  # and what it reaches into from its panel
_READ_WELL: Final = 7.0  # contrast of main texts (WCAG 2.2, AAA)
_READ: Final = 4.8  # of the others: a little above what is demanded
_DEEPENED: Final = 0.35  # chroma that a surface gains for each part of lightness that it loses: else it looks dirty
_COLOURLESS: Final = 0.003  # chroma of greys that are meant to be grey
_STEP: Final = 0.06
_AMBER: Final = 72.0


_DULL: Final = (84.0, 132.0)
"""Hues between orange and green, whose pastels look like khaki: a light lemon stands for them."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture by their role."""

    ground: Colour  # of the whole picture
    panel: Colour  # surface on the ground, behind the product
    deep: Colour  # strong surface
    accent: Colour  # button, price tag
    ink: Colour  # main texts on the ground
    soft: Colour  # lesser texts on it
    on_panel: Colour
    on_accent: Colour
    on_deep: Colour


@dataclass(frozen=True, slots=True)
class _Hue:
    """What schemes follow."""

    hue: float
    strength: float  # of chroma: 1 for a coloured product, less for a grey one

    def __call__(self, lightness: float, chroma: float, turn: float = 0.0) -> Colour:
        return of_lch(lightness, chroma * self.strength, (self.hue + turn) % 360)

    def coloured(self, hue: float) -> _Hue:
        """Itself; for a grey product a strong hue in its stead, because a loud scheme in greys is none."""
        return self if self.strength == 1 else _Hue(hue, 1.0)


def palette_of(
    scheme: str, base: Colour, product: Colour | None, roles: Mapping[str, Colour] = NO_ROLES, on_panel: bool = False
) -> Palette:
    """The scheme around `base`; `product` is the colour that must stand out from the surfaces behind it.

    `on_panel`: the product stands on a panel, so that a white one asks for no grey ground.
    """
    made = _made(scheme, base, tuple(sorted((role, colour) for role, colour in roles.items() if role in ROLES)))
    if product is None:
        return made
    ground = _apart(made.ground, product, made.ink, _BESIDE if on_panel else _APART)
    panel = _apart(made.panel, product, made.on_panel, _APART)
    return readable(replace(made, ground=ground, panel=panel))


@lru_cache(maxsize=1_024)
def _made(scheme: str, base: Colour, roles: tuple[tuple[str, Colour], ...]) -> Palette:
    _, chroma, hue = lch_of(base)
    of_hue = _Hue(hue, 1.0) if chroma >= _GREY else _Hue(_NEUTRAL_HUE, 0.3)
    return readable(replace(SCHEMES[scheme](of_hue), **dict(roles)))


def readable(palette: Palette) -> Palette:
    """The palette with inks that can be read on their surfaces."""
    return replace(
        palette,
        ink=_moved(palette.ink, palette.ground, _READ_WELL),
        soft=_moved(palette.soft, palette.ground, _READ),
        on_panel=_moved(palette.on_panel, palette.panel, _READ_WELL),
        on_accent=_moved(palette.on_accent, palette.accent, _READ),
        on_deep=_moved(palette.on_deep, palette.deep, _READ),
    )


def _moved(colour: Colour, ground: Colour, wanted: float) -> Colour:
    """The colour moved towards black or white, whichever can be read better, until it can be read."""
    end = max((INK, PAPER, (0, 0, 0)), key=lambda one: contrast(one, ground))
    share = 0.0
    while contrast(mixed(colour, end, share), ground) < wanted and share < 1:
        share = min(1.0, share + _STEP)
    return mixed(colour, end, share)


def _apart(surface: Colour, product: Colour, ink: Colour, least: float) -> Colour:
    """The surface, so much lighter or darker that the product does not melt into it.

    The nearest shade on which its ink still reads, so that white texts stay white; else the nearest.
    """
    if difference(surface, product) >= least:
        return surface
    lightness, chroma, hue = lch_of(surface)
    gain = _DEEPENED if chroma > _COLOURLESS else 0.0
    steps = sorted((step / 50 for step in range(-40, 41)), key=abs)
    shades = [
        of_lch(lightness + step, chroma + gain * max(0.0, -step), hue)
        for step in steps
        if 0.14 <= lightness + step <= 0.99
    ]
    apart = [shade for shade in shades if difference(shade, product) >= least]
    return next((shade for shade in apart if contrast(ink, shade) >= LEAST_CONTRAST), next(iter(apart), surface))


def _paper(of: _Hue) -> Palette:
    return Palette(
        ground=of_lch(0.982, 0.006, 85), panel=of(0.945, 0.022), deep=of(0.34, 0.07), accent=of(0.38, 0.09),
        ink=of(0.22, 0.02), soft=of(0.48, 0.03), on_panel=of(0.22, 0.02), on_accent=PAPER, on_deep=PAPER,
    )  # fmt: skip


def _tint(of: _Hue) -> Palette:
    is_dull = of.strength == 1 and _DULL[0] <= of.hue <= _DULL[1]
    return Palette(
        ground=of_lch(0.955, 0.05, 98) if is_dull else of(0.935, 0.035),
        panel=of(0.98, 0.012), deep=of(0.36, 0.09), accent=of(0.36, 0.10),
        ink=of(0.25, 0.05), soft=of(0.45, 0.06), on_panel=of(0.25, 0.05), on_accent=of(0.98, 0.012),
        on_deep=of(0.96, 0.03),
    )  # fmt: skip


def _deep(of: _Hue) -> Palette:
    return Palette(
        ground=of(0.30, 0.065), panel=of(0.91, 0.035), deep=of(0.23, 0.05), accent=of(0.93, 0.05, 35),
        ink=of(0.975, 0.012), soft=of(0.86, 0.03), on_panel=of(0.26, 0.06), on_accent=of(0.26, 0.06),
        on_deep=of(0.96, 0.02),
    )  # fmt: skip


def _vivid(of: _Hue) -> Palette:
    of = of.coloured(_AMBER)
    if 62 <= of.hue <= 128:  # bright yellows and limes carry dark texts, all others light ones
        ink = of(0.24, 0.05)
        return Palette(
            ground=of(0.87, 0.17), panel=of(0.965, 0.06), deep=of(0.30, 0.07), accent=of(0.22, 0.04),
            ink=ink, soft=ink, on_panel=ink, on_accent=of(0.95, 0.1), on_deep=PAPER,
        )  # fmt: skip
    white = of(0.99, 0.01)
    return Palette(
        ground=of(0.53, 0.175), panel=of(0.925, 0.055), deep=of(0.30, 0.10), accent=white,
        ink=white, soft=of(0.955, 0.03), on_panel=of(0.30, 0.10), on_accent=of(0.38, 0.13), on_deep=white,
    )  # fmt: skip


def _duo(of: _Hue) -> Palette:
    other = (of.hue + 165) % 360
    of = of.coloured(other)
    ground = of_lch(0.945, 0.06, 98) if _DULL[0] <= other <= _DULL[1] else of_lch(0.915, 0.055, other)
    return Palette(
        ground=ground, panel=of_lch(0.968, 0.022, other), deep=of(0.38, 0.10),
        accent=of(0.40, 0.115), ink=of(0.25, 0.05), soft=of(0.43, 0.05), on_panel=of(0.25, 0.05), on_accent=PAPER,
        on_deep=of_lch(0.95, 0.04, other),
    )  # fmt: skip


def _night(of: _Hue) -> Palette:
    cream, gold, dark = of_lch(0.955, 0.018, 85), of_lch(0.83, 0.088, 85), of_lch(0.21, 0.03, 85)
    return Palette(
        ground=of_lch(0.205, 0.012, of.hue), panel=of_lch(0.90, 0.028, 82), deep=of(0.15, 0.02), accent=gold,
        ink=cream, soft=of_lch(0.80, 0.02, 85), on_panel=dark, on_accent=dark, on_deep=cream,
    )  # fmt: skip


def _mono(of: _Hue) -> Palette:
    black = (17, 17, 19)
    return Palette(
        ground=PAPER, panel=(241, 241, 243), deep=black, accent=black,
        ink=black, soft=(92, 92, 98), on_panel=black, on_accent=PAPER, on_deep=PAPER,
    )  # fmt: skip


def _sand(of: _Hue) -> Palette:
    brown = of_lch(0.27, 0.03, 55)
    return Palette(
        ground=of_lch(0.925, 0.026, 78), panel=of_lch(0.968, 0.013, 80), deep=of_lch(0.40, 0.06, 48),
        accent=of_lch(0.47, 0.105, 42), ink=brown, soft=of_lch(0.46, 0.035, 58), on_panel=brown,
        on_accent=of_lch(0.985, 0.01, 80), on_deep=of_lch(0.95, 0.02, 80),
    )  # fmt: skip


def _candy(of: _Hue) -> Palette:
    other = (of.hue + (70 if of.strength == 1 else 290)) % 360
    of = of.coloured(other)
    ground = of_lch(0.935, 0.11, 98) if _DULL[0] <= other <= _DULL[1] else of_lch(0.885, 0.085, other)
    return Palette(
        ground=ground, panel=of_lch(0.968, 0.03, other), deep=of(0.36, 0.13),
        accent=of(0.36, 0.13), ink=of_lch(0.28, 0.07, other), soft=of_lch(0.42, 0.07, other),
        on_panel=of_lch(0.28, 0.07, other), on_accent=PAPER, on_deep=PAPER,
    )  # fmt: skip


def _pop(of: _Hue) -> Palette:
    """Bright yellow, for sales: seen from afar, whatever the product's colour."""
    black, yellow = (22, 22, 24), of_lch(0.93, 0.16, 98)
    return Palette(
        ground=of_lch(0.90, 0.175, 98), panel=of_lch(0.985, 0.025, 98), deep=black, accent=black,
        ink=black, soft=(48, 46, 38), on_panel=black, on_accent=yellow, on_deep=yellow,
    )  # fmt: skip


SCHEMES: Final[Mapping[str, Callable[[_Hue], Palette]]] = {
    "paper": _paper,
    "tint": _tint,
    "deep": _deep,
    "vivid": _vivid,
    "duo": _duo,
    "night": _night,
    "mono": _mono,
    "sand": _sand,
    "candy": _candy,
    "pop": _pop,
}
"""All schemes by name."""

assert tuple(field.name for field in fields(Palette)) == ROLES
