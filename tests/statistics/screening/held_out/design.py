"""Designs banners by chance, as other hands would: no code, template, scheme or face of the composer; pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.composer.brand_kit import BrandKit
from tests.statistics.screening.held_out.draft import (
    RGB,
    Area,
    Draft,
    Face,
    Fill,
    Item,
    Picture,
    Text,
    fitted,
    light,
    mixed,
    of_hsv,
    ratio,
    rows_of,
    taken_by,
    unit_of,
)
from tests.statistics.screening.held_out.rows import Row, any_row, money, words

SIZES: Final = (
    (300, 250), (300, 250), (250, 250), (336, 280), (300, 600), (160, 600), (728, 90), (970, 250), (468, 60),
    (320, 100), (600, 500), (800, 418), (1200, 628), (1080, 1080),
)  # fmt: skip
WHITE: Final[RGB] = (255, 255, 255)
_BLACK: Final[RGB] = (22, 22, 26)
_LATIN: Final = (
    ("fontpkg_lora/files/Lora[wght].ttf", 700), ("fontpkg_bitter/files/Bitter[wght].ttf", 600),
    ("fontpkg_raleway/files/Raleway[wght].ttf", 700), ("fontpkg_source_sans_3/files/SourceSans3[wght].ttf", 700),
    ("fontpkg_inter/files/Inter[opsz,wght].ttf", 650), ("fontpkg_lobster_two/files/LobsterTwo-Bold.ttf", 0),
    ("fontpkg_ibm_plex_sans_condensed/files/IBMPlexSansCondensed-SemiBold.ttf", 0),
)  # fmt: skip
_PLAIN: Final = "fontpkg_source_sans_3/files/SourceSans3[wght].ttf"
_CHINESE: Final = ("pylopdf_fonts_zh_cn/NotoSerifSC-Regular.otf", "pylopdf_fonts_zh_cn/NotoSansSC-Regular.otf")


@dataclass(frozen=True, slots=True)
class Means:
    """What there is to draw with."""

    fonts: Path  # a folder with the packages that the faces are named after
    photos: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)  # by what they show


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a banner, all of a brand or without hue."""

    primary: RGB
    accent: RGB
    ground: RGB
    other: RGB | None  # to which the ground runs
    ink: RGB


def means_in(fonts: Path, photos: Path | None) -> Means:
    """The fonts and photos of two folders."""
    shown: dict[str, list[Path]] = {}
    for file in sorted(photos.glob("*.jpg")) if photos else ():
        shown.setdefault(file.stem.rpartition("-")[0], []).append(file)
    return Means(fonts, {name: tuple(files) for name, files in shown.items()})


def drafts(chance: random.Random, means: Means) -> Iterator[Draft]:
    """Good banners without end."""
    while True:
        row, size = any_row(chance), chance.choice(SIZES)
        draft = draft_of(chance, means, row, size)
        if draft is not None:
            yield draft


def ink_on(ground: RGB) -> RGB:
    """White or nearly black, whichever is read better."""
    return max((WHITE, _BLACK), key=lambda ink: ratio(ink, ground))


def palette_of(chance: random.Random) -> Palette:
    """A brand's two colours, and a ground of one of them or of none."""
    hue = chance.random()
    primary = of_hsv(hue, chance.uniform(0.55, 0.95), chance.uniform(0.25, 0.6))
    accent = of_hsv(hue + chance.uniform(0.25, 0.75), chance.uniform(0.6, 0.95), chance.uniform(0.6, 0.95))
    tint = mixed(primary, WHITE, chance.uniform(0.8, 0.93))
    ground = chance.choice((primary, tint, WHITE, _BLACK, primary))
    other = None
    if chance.random() < 0.3:
        other = mixed(ground, _BLACK if light(ground) < 0.3 else WHITE, 0.35)
    return Palette(primary, accent, ground, other, ink_on(ground))


def draft_of(chance: random.Random, means: Means, row: Row, size: tuple[int, int]) -> Draft | None:
    """A banner of a product in a size; None where its texts do not fit the design."""
    colours, unit = palette_of(chance), unit_of(size)
    pages = _strip if size[0] > 2.4 * size[1] else _block
    photo = means.photos.get(row.photo, ())
    shown, ground, column = pages(chance, size, colours, photo)
    texts = _texts(chance, means, row, column, _Look(colours, ground, unit, size))
    kit = BrandKit(name="Held", colours={"primary": colours.primary, "accent": colours.accent}, look_version="held")
    if texts is None:
        return None
    items, button = texts
    whole = Fill("ground", (0, 0, *size), colours.ground, colours.other)
    body = row.body if any(isinstance(item, Text) and item.role == "body" for item in items) else ""
    return Draft(row, size, kit, (whole, *shown, *items), row.title, body, button)


def _strip(
    chance: random.Random, size: tuple[int, int], colours: Palette, photos: tuple[Path, ...]
) -> tuple[list[Item], RGB, Area]:
    width, height = size
    if not photos:
        return [], colours.ground, (height * 0.2, 0, width - height * 0.2, height)
    side = min(height * chance.uniform(0.9, 1.4), width * 0.3)
    if chance.random() < 0.5:
        return (
            [Picture("photo", (0, 0, side, height), chance.choice(photos))],
            colours.ground,
            (side + 8, 0, width - 8, height),
        )
    return (
        [Picture("photo", (width - side, 0, width, height), chance.choice(photos))],
        colours.ground,
        (8, 0, width - side - 8, height),
    )


def _block(
    chance: random.Random, size: tuple[int, int], colours: Palette, photos: tuple[Path, ...]
) -> tuple[list[Item], RGB, Area]:
    (width, height), margin = size, 4 * unit_of(size)
    if not photos:
        inner = (margin * 2, margin * 2, width - margin * 2, height - margin * 2)
        if chance.random() < 0.4:
            card = Fill("card", (margin, margin, width - margin, height - margin), WHITE, None, margin)
            return [card], WHITE, inner
        return [], colours.ground, inner
    file = chance.choice(photos)
    if chance.random() < 0.2:
        return (
            [Picture("photo", (0, 0, width, height), file, 0.62)],
            (60, 60, 60),
            (margin, margin, width - margin, height - margin),
        )
    if width >= 1.1 * height:
        edge = width * chance.uniform(0.4, 0.5)
        if chance.random() < 0.5:
            return (
                [Picture("photo", (0, 0, edge, height), file)],
                colours.ground,
                (edge + margin, margin, width - margin, height - margin),
            )
        return (
            [Picture("photo", (width - edge, 0, width, height), file)],
            colours.ground,
            (margin, margin, width - edge - margin, height - margin),
        )
    edge = height * chance.uniform(0.4, 0.52)
    return (
        [Picture("photo", (0, 0, width, edge), file)],
        colours.ground,
        (margin, edge + margin / 2, width - margin, height - margin / 2),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    colours: Palette
    ground: RGB  # behind the texts
    unit: float
    size: tuple[int, int]


def _texts(chance: random.Random, means: Means, row: Row, column: Area, look: _Look) -> tuple[list[Item], str] | None:
    """The texts in their column, and the button's; None where they do not fit."""
    head, plain = _faces(chance, means, row.language)
    ink, unit = ink_on(look.ground), look.unit
    button = chance.choice(words("buttons", row.language))
    areas = _parts(column, look)
    lines, px = fitted(row.title, head, areas["headline"], 15 * unit, 12)
    if not lines:
        return None
    centred = chance.random() < 0.3
    items: list[Item] = [Text("headline", areas["headline"], lines, px, ink, look.ground, head, centred)]
    if "body" in areas:
        lines, px = fitted(row.body, plain, areas["body"], min(5.5 * unit, px * 0.7), 9.5, 2)
        if lines:
            items.append(Text("body", areas["body"], lines, px, ink, look.ground, plain, centred))
    lines, px = fitted(money(row, row.now), plain, areas["price"], 9 * unit, 12, 1)
    if lines:
        items.append(Text("price", areas["price"], lines, px, ink, look.ground, plain, centred))
    items += _button(button, plain, areas["button"], look)
    if row.percent and look.size[1] >= 250:
        items += sticker(f"-{row.percent}%", plain, look.size, look.colours.accent, items)
    return items, button if len(items) > 2 else ""


def _parts(column: Area, look: _Look) -> dict[str, Area]:
    left, top, right, bottom = column
    if look.size[0] > 2.4 * look.size[1]:
        width = right - left
        price = (left + 0.56 * width, top, left + 0.74 * width, bottom)
        button = (left + 0.77 * width, top + (bottom - top) * 0.25, right, bottom - (bottom - top) * 0.25)
        return {"headline": (left, top + 3, left + 0.54 * width, bottom - 3), "price": price, "button": button}
    head, body, price, button = rows_of(column, (5, 2.2, 2, 1.8), 1.5 * look.unit)
    return {
        "headline": head,
        "body": body,
        "price": price,
        "button": (left, button[1], left + (right - left) * 0.75, button[3]),
    }


def _button(text: str, face: Face, area: Area, look: _Look) -> list[Item]:
    lines, px = fitted(text, face, area, 5.5 * look.unit, 10, 1)
    if not lines:
        return []
    colour, ink = look.colours.accent, ink_on(look.colours.accent)
    return [
        Fill("button", area, colour, None, (area[3] - area[1]) / 2),
        Text("button", area, lines, px, ink, colour, face, True),
    ]


def sticker(text: str, face: Face, size: tuple[int, int], colour: RGB, beside: Iterable[Item]) -> list[Item]:
    """A round one with words, in a corner where it covers no other text; none where each has one."""
    side, taken = max(56.0, 0.24 * min(size)), [taken_by(item) for item in beside]
    corners = [(x, y) for y in (4.0, size[1] - side - 4) for x in (size[0] - side - 4, 4.0)]
    area = next((found for x, y in corners if not _meets(found := (x, y, x + side, y + side), taken)), None)
    if area is None:
        return []
    inner = (area[0] + side * 0.1, area[1] + side * 0.1, area[2] - side * 0.1, area[3] - side * 0.1)
    lines, px = fitted(text, face, inner, side * 0.3, 9)
    if not lines:
        return []
    ground = Fill("sticker", area, colour, None, side / 2)
    return [ground, Text("sticker", inner, lines, px, ink_on(colour), colour, face, True)]


def _meets(area: Area, taken: Iterable[Area]) -> bool:
    return any(area[0] < one[2] and one[0] < area[2] and area[1] < one[3] and one[1] < area[3] for one in taken)


def plain_face(means: Means, language: str) -> Face:
    """The face of small texts."""
    return Face(means.fonts / _CHINESE[1]) if language == "zh" else Face(means.fonts / _PLAIN, 550)


def _faces(chance: random.Random, means: Means, language: str) -> tuple[Face, Face]:
    if language == "zh":
        return Face(means.fonts / chance.choice(_CHINESE)), plain_face(means, language)
    file, weight = chance.choice(_LATIN)
    return Face(means.fonts / file, weight), plain_face(means, language)
