"""Draws a creative: product, headline, price and button in one PNG of the brief's format.

The same brief gives the same pixels with the same version of Pillow. Texts use the font that ships with Pillow, so no
font of the machine is needed.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from services.assets.formats import Box, Layout, layout_of
from services.assets.silhouettes import Tone, draw

PictureStyle = Literal["studio", "bold", "editorial"]
PICTURE_STYLES: Final[tuple[PictureStyle, ...]] = ("studio", "bold", "editorial")
RECIPE: Final = "compose/2"
"""Version of the drawing; changes when the same brief looks different. Part of a composed creative's identity."""

Colour = tuple[int, int, int]
Measure = Callable[[str], float]
_INK: Final[Colour] = (28, 28, 34)
_PAPER: Final[Colour] = (255, 255, 255)
_NIGHT: Final[Colour] = (26, 26, 32)
_NEUTRAL: Final = "#b7bcc4"  # of a product without a colour
_GOLD: Final[Colour] = (214, 178, 94)


@dataclass(frozen=True, slots=True)
class Brief:
    """The content of a picture."""

    format: str
    picture_style: PictureStyle
    category: str
    colour_hex: str
    headline: str
    price: str  # "EUR 29.00"; empty: none
    call_to_action: str


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one picture."""

    background: Colour
    stage: Colour  # disc behind the product
    text: Colour
    button: Colour
    button_text: Colour


def compose(brief: Brief, artwork: NDArray[np.uint8] | None = None) -> bytes:
    """A PNG of `brief.format`; `artwork`, (H, W) or (H, W, 3) on a light background, replaces the drawn product."""
    layout = layout_of(brief.format)
    palette = palette_of(brief)
    picture = Image.new("RGB", (layout.width, layout.height), palette.background)
    pen = ImageDraw.Draw(picture)
    _paint_stage(pen, layout, palette, brief.picture_style)
    left, top, right, _ = layout.art
    size = right - left
    product = drawn_product(brief.category, brief.colour_hex, size) if artwork is None else _placed(artwork, size)
    picture.paste(product, (left, top), product)
    write(pen, brief.headline, layout.headline, Type(layout.headline_size, palette.text, layout.centred))
    if brief.price and layout.price is not None:
        write(pen, brief.price, layout.price, Type(19, palette.text, layout.centred))
    pen.rounded_rectangle(layout.button, radius=(layout.button[3] - layout.button[1]) // 2, fill=palette.button)
    write(pen, brief.call_to_action, _shrunk(layout.button, 8, 4), Type(15, palette.button_text, centred=True))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()


def palette_of(brief: Brief) -> Palette:
    """The style's colours around the product's colour, with a readable text colour."""
    red, green, blue = ImageColor.getrgb(brief.colour_hex or _NEUTRAL)[:3]
    colour = (red, green, blue)
    if brief.picture_style == "studio":
        return Palette(mixed(colour, _PAPER, 0.86), _PAPER, _INK, _INK, _PAPER)
    if brief.picture_style == "editorial":
        return Palette(_NIGHT, mixed(colour, _NIGHT, 0.62), (244, 238, 224), _GOLD, _NIGHT)
    strong = mixed(colour, _INK, 0.25)
    text = _INK if luminance(strong) > 0.6 else _PAPER
    return Palette(strong, mixed(colour, _PAPER, 0.75), text, text, strong)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Mixes two colours; `share` is that of the second.

    >>> mixed((0, 0, 0), (100, 200, 50), 0.5)
    (50, 100, 25)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """How light a colour looks, 0 to 1 (Rec. 709 weights)."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0


def _paint_stage(pen: ImageDraw.ImageDraw, layout: Layout, palette: Palette, style: PictureStyle) -> None:
    left, top, right, bottom = _shrunk(layout.art, 2, 2)
    if style == "bold":
        pen.rounded_rectangle((left, top, right, bottom), radius=(right - left) // 8, fill=palette.stage)
        return
    pen.ellipse((left, top, right, bottom), fill=palette.stage)
    if style == "editorial":
        pen.rectangle((3, 3, layout.width - 4, layout.height - 4), outline=_GOLD, width=1)


@lru_cache(maxsize=512)
def drawn_product(category: str, colour_hex: str, size: int) -> Image.Image:
    """The product class in this colour with a soft shadow, on a transparent background."""
    red, green, blue = ImageColor.getrgb(colour_hex or _NEUTRAL)[:3]
    base = (red, green, blue)
    dark = mixed(base, (0, 0, 0), 0.28 if luminance(base) > 0.25 else 0.6)
    light = mixed(base, _PAPER, 0.4 if luminance(base) > 0.25 else 0.25)
    sole = mixed(base, _PAPER, 0.8) if luminance(base) < 0.7 else (196, 178, 150)
    tones: dict[Tone, Colour] = {"base": base, "dark": dark, "light": light, "sole": sole}
    product = draw(category, tones, size)
    shadow = Image.new("RGBA", product.size, (0, 0, 0, 0))
    edge = Image.new("RGBA", product.size, (0, 0, 0, 70))
    shadow.paste(edge, (max(1, size // 60), max(1, size // 40)), product)
    return Image.alpha_composite(shadow, product)


def _placed(artwork: NDArray[np.uint8], size: int) -> Image.Image:
    """The given picture, scaled to `size`, its light background made transparent."""
    image = Image.fromarray(artwork).convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    grey = np.asarray(image.convert("L"), dtype=np.int16)
    alpha = np.clip((250 - grey) * 6, 0, 255).astype(np.uint8)
    image.putalpha(Image.fromarray(alpha))
    return image


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@dataclass(frozen=True, slots=True)
class Type:
    """How a text is set."""

    size: int  # largest, in pixels
    colour: Colour
    centred: bool = False


def write(pen: ImageDraw.ImageDraw, text: str, box: Box, type_: Type) -> None:
    """Writes the text as large as fits into the box, from its top left or centred in it."""
    left, top, right, bottom = box
    for points in range(type_.size, 6, -1):
        font = _font(points)
        lines = wrapped(text, right - left, partial(pen.textlength, font=font))
        leading = round(points * 1.18)
        if lines and leading * len(lines) <= bottom - top:
            break
    high = leading * len(lines)
    first = (top + bottom - high) / 2 if type_.centred or bottom - top < 90 else top
    weight = 0.4 if points >= 13 else 0
    for number, line in enumerate(lines):
        slack = (right - left - pen.textlength(line, font=font)) / 2 if type_.centred else 0
        corner = (left + slack, first + number * leading)
        pen.text(corner, line, font=font, fill=type_.colour, stroke_width=weight, stroke_fill=type_.colour)


def wrapped(text: str, width: float, measure: Measure) -> list[str]:
    """Lines no wider than `width`; empty where a single word is wider.

    >>> wrapped("warm all winter", 8, len)
    ['warm all', 'winter']
    """
    lines: list[str] = []
    for word in text.split():
        if measure(word) > width:
            return []
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _shrunk(box: Box, across: int, down: int) -> Box:
    return box[0] + across, box[1] + down, box[2] - across, box[3] - down
