"""Draws a creative: product, headline, price and button in one PNG of the brief's format.

The product is shown by its photo, or by the drawing of its class; where there is neither, the picture is made of type
and colour alone. The same brief gives the same pixels with the same versions of Pillow and of the typefaces.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from services.common.errors import Rejected
from services.common.verdict import Verdict
from services.composer.drawing.palette import (
    GOLD,
    PAPER,
    PICTURE_STYLES,
    Colour,
    Palette,
    PictureStyle,
    luminance,
    mixed,
    palette_of,
    rgb,
)
from services.composer.drawing.silhouettes import SILHOUETTES, Tone, draw
from services.composer.formats import Box, Layout, layout_of
from services.composer.legible import reason_of, screened
from services.composer.photos.prepared_photo import CUT_OUT, PreparedPhoto
from services.composer.type.typefaces import font
from services.composer.type.typesetting import Setting, set_text

__all__ = ("PICTURE_STYLES", "RECIPE", "Brief", "Composed", "PictureStyle", "compose", "composed", "drawn_product")

RECIPE: Final = "compose/3"
"""Version of the drawing; changes when the same brief looks different. Part of a composed creative's identity."""

_LARGER: Final = 1.35  # a headline without art beside it may be so much larger
_REGULAR: Final = 0.4  # of the price's box, for the regular price beside a sale price
_TWO_ROWS: Final = 2.2  # times the height of the price's type, from where the two stand above one another
_GAP: Final = 4  # pixels between two prices, at least
_LESSER: Final = 0.75  # the regular price's type, beside the sale price's
_MIDDLE: Final = 0.66  # of a line's figures, below its top, as a multiple of the size
_BUTTON: Final = "button"
_REGULAR_PRICE: Final = "regular"
_BASELINE: Final = 0.95  # of the size, below the top of a line

Art = PreparedPhoto | NDArray[np.uint8] | None
"""A photo; or a drawing on a light ground, (H, W) or (H, W, 3); or nothing."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The content of a picture."""

    format: str
    picture_style: PictureStyle
    category: str  # class of the product; one without a drawing shows none
    colour_hex: str  # "#rrggbb"; empty: no colour
    headline: str
    price: str  # as shoppers read it, "€29.00"; empty: none
    call_to_action: str
    language: str = "en"
    regular_price: str = ""  # struck through beside a sale price; empty: none


@dataclass(frozen=True, slots=True)
class Composed:
    """A picture and what screening found of it."""

    png: bytes  # empty where it cannot be made
    verdict: Verdict


def compose(brief: Brief, art: Art = None) -> bytes:
    """A PNG of `brief.format`; raises `Rejected` where it could not be read."""
    made = composed(brief, art)
    if not made.verdict.passes:
        failed = next(check for check in made.verdict.checks if not check.passes)
        raise Rejected(reason_of(made.verdict), "headline", brief.headline, f"an ad that can be read ({failed.why})")
    return made.png


def composed(brief: Brief, art: Art = None) -> Composed:
    """The picture and its verdict; nothing is drawn where a text cannot be set."""
    layout = layout_of(brief.format)
    palette = palette_of(brief.picture_style, brief.colour_hex)
    has_art = art is not None or brief.category in SILHOUETTES
    places = places_of(brief, layout, has_art)
    texts = {name: set_text(it.text, it.box, it.largest, brief.language) for name, it in places.items()}
    verdict = screened(texts, palette)
    if not verdict.passes:
        return Composed(b"", verdict)
    picture = _grounded(brief, layout, palette)
    pen = ImageDraw.Draw(picture)
    if has_art:
        _paint_art(picture, pen, brief, art, palette)
    for name, setting in texts.items():
        assert isinstance(setting, Setting)  # the verdict says so
        colour = palette.button_text if name == _BUTTON else palette.text
        write(pen, setting, places[name].box, colour, centred=layout.centred or name == _BUTTON)
        if name == _REGULAR_PRICE:
            _strike(pen, setting, places[name].box, colour, centred=layout.centred)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return Composed(out.getvalue(), verdict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands."""

    text: str
    box: Box
    largest: int  # type, in pixels


def places_of(brief: Brief, layout: Layout, has_art: bool) -> dict[str, Place]:
    """The places of all texts of the picture, by name."""
    sizes = layout.sizes
    size = sizes.headline if has_art else round(sizes.headline * _LARGER)
    places = {"headline": Place(brief.headline, layout.headline if has_art else layout.wide, size)}
    if layout.price is not None:
        price, regular = price_boxes(layout, brief, has_art)
        places["price"] = Place(brief.price, price, sizes.price)
        places[_REGULAR_PRICE] = Place(brief.regular_price, regular, round(sizes.price * _LESSER))
    places[_BUTTON] = Place(brief.call_to_action, _within(layout.button), sizes.button)
    return {name: place for name, place in places.items() if place.text}


def price_boxes(layout: Layout, brief: Brief, has_art: bool) -> tuple[Box, Box]:
    """The boxes of the price and of the regular price, above one another where there is room, else side by side."""
    assert layout.price is not None
    left, top, right, bottom = layout.price
    if not has_art and left == layout.headline[0]:
        left = layout.wide[0]
    if not brief.regular_price:
        return (left, top, right, bottom), layout.price
    if layout.centred or bottom - top > _TWO_ROWS * layout.sizes.price:
        middle = top + round((bottom - top) * _REGULAR)
        return (left, middle, right, bottom), (left, top, right, middle)
    middle = right - round((right - left) * _REGULAR)
    price = (left, top, middle - _GAP, bottom)
    setting = set_text(brief.price, price, layout.sizes.price, brief.language)
    if isinstance(setting, Setting) and not setting.from_right:
        middle = left + round(setting.width(setting.lines[0]) + _GAP + setting.size / 2)
    return price, (middle, top, right, bottom)


def _within(button: Box) -> Box:
    across, down = max(6, (button[2] - button[0]) // 16), max(3, (button[3] - button[1]) // 12)
    return button[0] + across, button[1] + down, button[2] - across, button[3] - down


def _grounded(brief: Brief, layout: Layout, palette: Palette) -> Image.Image:
    """The picture's ground, with the button that is written on later."""
    picture = Image.new("RGB", (layout.width, layout.height), palette.background)
    pen = ImageDraw.Draw(picture)
    if brief.picture_style == "editorial":
        pen.rectangle((3, 3, layout.width - 4, layout.height - 4), outline=GOLD, width=max(1, layout.height // 400))
    pen.rounded_rectangle(layout.button, radius=(layout.button[3] - layout.button[1]) // 2, fill=palette.button)
    return picture


def _paint_art(picture: Image.Image, pen: ImageDraw.ImageDraw, brief: Brief, art: Art, palette: Palette) -> None:
    left, top, right, bottom = layout_of(brief.format).art
    size = right - left
    if isinstance(art, PreparedPhoto) and art.kind != CUT_OUT:
        shown = art.framed(size)
        picture.paste(shown, (left, top), shown)
        return
    stage = (left + 2, top + 2, right - 2, bottom - 2)
    if brief.picture_style == "bold":
        pen.rounded_rectangle(stage, radius=size // 8, fill=palette.stage)
    else:
        pen.ellipse(stage, fill=palette.stage)
    product = _product(brief, art, size)
    picture.paste(product, (left, top), product)


def _product(brief: Brief, art: Art, size: int) -> Image.Image:
    """The product alone, RGBA."""
    if isinstance(art, PreparedPhoto):
        return art.framed(size)
    return drawn_product(brief.category, brief.colour_hex, size) if art is None else _placed(art, size)


@lru_cache(maxsize=512)
def drawn_product(category: str, colour_hex: str, size: int) -> Image.Image:
    """The product class in this colour with a soft shadow, on a transparent background."""
    base = rgb(colour_hex)
    dark = mixed(base, (0, 0, 0), 0.28 if luminance(base) > 0.25 else 0.6)
    light = mixed(base, PAPER, 0.4 if luminance(base) > 0.25 else 0.25)
    sole = mixed(base, PAPER, 0.8) if luminance(base) < 0.7 else (196, 178, 150)
    tones: dict[Tone, Colour] = {"base": base, "dark": dark, "light": light, "sole": sole}
    product = draw(category, tones, size)
    shadow = Image.new("RGBA", product.size, (0, 0, 0, 0))
    edge = Image.new("RGBA", product.size, (0, 0, 0, 70))
    shadow.paste(edge, (max(1, size // 60), max(1, size // 40)), product)
    return Image.alpha_composite(shadow, product)


def _placed(artwork: NDArray[np.uint8], size: int) -> Image.Image:
    """The given drawing, scaled to `size`, its light background made transparent."""
    image = Image.fromarray(artwork).convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    grey = np.asarray(image.convert("L"), dtype=np.int16)
    alpha = np.clip((250 - grey) * 6, 0, 255).astype(np.uint8)
    image.putalpha(Image.fromarray(alpha))
    return image


def write(pen: ImageDraw.ImageDraw, setting: Setting, box: Box, colour: Colour, *, centred: bool) -> None:
    """Writes a text in the middle of its box, its lines from the left, from the right, or centred."""
    left, top, right, bottom = box
    face = font(setting.face, setting.size)
    first = top + (bottom - top - setting.height) / 2
    for number, line in enumerate(setting.lines):
        slack = right - left - setting.width(line)
        x = left + (slack / 2 if centred else slack if setting.from_right else 0)
        y = first + number * setting.leading + _BASELINE * setting.size
        pen.text((x, y), line, font=face, fill=colour, anchor="ls")


def _strike(pen: ImageDraw.ImageDraw, setting: Setting, box: Box, colour: Colour, *, centred: bool) -> None:
    """Draws a line through a text of one line that was written into the box."""
    left, top, right, bottom = box
    width = setting.width(setting.lines[0])
    slack = right - left - width
    x = left + (slack / 2 if centred else slack if setting.from_right else 0)
    y = (top + bottom - setting.height) / 2 + _MIDDLE * setting.size
    pen.line((x, y, x + width, y), fill=colour, width=max(1, setting.size // 12))
