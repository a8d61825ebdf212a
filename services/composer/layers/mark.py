"""The mark on a picture that a machine made: small, in a corner where nothing else stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PIL import Image, ImageDraw

from services.composer.drawing.palette import PAPER
from services.composer.formats import Box
from services.composer.layers.masks import rounded_mask
from services.composer.type.typefaces import font
from services.composer.type.typesetting import Copy, copy_of

_WORDS: Final[Mapping[str, str]] = {
    "en": "AI-made",
    "de": "KI-erzeugt",
    "fr": "Créé par IA",
    "es": "Creado con IA",
    "zh": "AI生成",
}
_OTHER: Final = "AI"
_SIZE: Final = 10  # pixels, or a part of the picture's
_PART: Final = 0.022
_GROUND: Final = (30, 30, 36)


def mark_of(language: str) -> str:
    """The words of the mark.

    >>> mark_of("de-AT"), mark_of("ar")
    ('KI-erzeugt', 'AI')
    """
    return _WORDS.get(language.lower().replace("_", "-").split("-")[0], _OTHER)


def paint_mark(picture: Image.Image, language: str, taken: Sequence[Box], focus: Box | None = None) -> Box:
    """The mark in the corner where it covers least of texts and buttons, then of the product; returns its box."""
    size = max(_SIZE, round(_PART * min(picture.size)))
    copy = copy_of(mark_of(language), language, role="text")
    assert isinstance(copy, Copy)  # the words are ours
    face = font(copy.face, size)
    across, down = round(size * 0.5), round(size * 0.35)
    width, height = round(face.getlength(copy.text)) + 2 * across, round(copy.face.rise * size) + 2 * down
    box = min(
        _corners(picture.size, (width, height), max(2, size // 3)),
        key=lambda one: (sum(_shared(one, it) for it in taken), _shared(one, focus) if focus else 0),
    )
    picture.paste(_GROUND, box[:2], rounded_mask(width, height, down))
    ImageDraw.Draw(picture).text((box[0] + across, box[3] - down), copy.text, font=face, fill=PAPER, anchor="ls")
    return box


def _corners(size: tuple[int, int], mark: tuple[int, int], edge: int) -> list[Box]:
    lefts, tops = (size[0] - mark[0] - edge, edge), (size[1] - mark[1] - edge, edge)
    return [(left, top, left + mark[0], top + mark[1]) for top in tops for left in lefts]


def _shared(one: Box, other: Box) -> int:
    """The area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    return max(0, across) * max(0, min(one[3], other[3]) - max(one[1], other[1]))
