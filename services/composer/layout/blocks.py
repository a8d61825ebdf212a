"""Blocks of a stack: texts, prices, buttons, a logo, each with the space that it takes; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.composer.type.typesetting import Copy, Setting, set_in

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Written:
    """A text in its place."""

    name: str
    text: str
    setting: Setting
    rect: Rect  # its first line's capitals begin at the top
    align: str  # of its lines: start, middle, end
    ink: str  # a role of the palette
    struck: bool = False
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A surface under a text, or the logo's place."""

    name: str  # button, tag, badge, logo
    rect: Rect
    fill: str = "accent"  # a role of the palette


@dataclass(frozen=True, slots=True)
class Block:
    """Parts that stay together, from (0, 0)."""

    item: str
    width: float
    height: float
    written: tuple[Written, ...] = ()
    shapes: tuple[Shape, ...] = ()

    def at(self, left: float, top: float) -> Block:
        """The block with its parts moved."""
        return replace(
            self,
            written=tuple(replace(one, rect=moved(one.rect, left, top)) for one in self.written),
            shapes=tuple(replace(one, rect=moved(one.rect, left, top)) for one in self.shapes),
        )


@dataclass(frozen=True, slots=True)
class Room:
    """What a block is made within."""

    width: float
    height: float
    align: str
    lines: int  # of the headline
    inks: Mapping[str, str]  # the palette's role of each text
    price_style: str = "plain"
    button_style: str = "pill"
    wide_button: bool = False
    fill: str = "accent"  # of buttons and tags, a role of the palette
    whole: bool = False  # no word is broken, of scripts without spaces either


_MOST_KICKER_LINES: Final = 2
_MOST_DESCRIPTION_LINES: Final = 3
_LESSER: Final = 0.62  # the regular price's type, beside the sale price's
_BETWEEN: Final = 0.42  # of the price's size, between two prices side by side
_ABOVE: Final = 0.34  # and one above another
_TAG: Final = (0.50, 0.42)  # around a price in a tag, in its size
_BUTTON: Final = (1.15, 0.74)  # around the words of a button
_LINK: Final = 0.5  # below the words of a link, for the line
_IN_DISC: Final = 0.76  # of a disc's width that texts may take


def moved(rect: Rect, across: float, down: float) -> Rect:
    """The rectangle elsewhere."""
    return rect[0] + across, rect[1] + down, rect[2] + across, rect[3] + down


def text_block(name: str, copy: Copy, size: int, room: Room) -> Block | None:
    """A text of some lines."""
    most = {"headline": room.lines, "kicker": _MOST_KICKER_LINES}.get(name, _MOST_DESCRIPTION_LINES)
    setting = set_in(copy, size, room.width, most, room.whole)
    if setting is None:
        return None
    return Block(name, setting.widest, setting.height, (_written(name, copy, setting, (0, 0), room),))


def button_block(copy: Copy, size: int, room: Room) -> Block | None:
    """The call to action."""
    if room.button_style == "link":
        setting = set_in(copy, size, room.width, 1)
        if setting is None:
            return None
        one = replace(_written("button", copy, setting, (0, 0), room), underlined=True)
        return Block("button", setting.widest, setting.height + _LINK * size, (one,))
    across, down = _BUTTON[0] * size, _BUTTON[1] * size
    setting = set_in(copy, size, room.width - 2 * across, 1)
    if setting is None:
        return None
    width = room.width if room.wide_button else setting.widest + 2 * across
    cap = setting.face.rise * size
    height = cap + 2 * down
    # Faces whose middle is not half their capitals stand where the eye sees the middle.
    top = height / 2 - (setting.face.rise - setting.face.middle) * size
    left = (width - setting.widest) / 2
    one = replace(_written("button", copy, setting, (left, top), room), align="middle")
    return Block("button", width, height, (one,), (Shape("button", (0, 0, width, height), room.fill),))


def prices_block(price: Copy, regular: Copy | None, size: int, room: Room) -> Block | None:
    """The price, and beside or above it the regular one."""
    across, down = (_TAG[0] * size, _TAG[1] * size) if room.price_style == "tag" else (0.0, 0.0)
    inner = replace(room, width=room.width - 2 * across)
    made = _side_by_side(price, regular, size, inner) or _above(price, regular, size, inner)
    if made is None or room.price_style != "tag":
        return made
    fall = price.face.fall * size
    width, height = made.width + 2 * across, made.height - fall + 2 * down
    return replace(
        made.at(across, down), width=width, height=height, shapes=(Shape("tag", (0, 0, width, height), room.fill),)
    )


def badge_block(price: Copy, regular: Copy | None, size: int, room: Room) -> Block | None:
    """The price in a disc that fills the room."""
    side = min(room.width, room.height)
    inner = replace(room, width=side * _IN_DISC, align="middle")
    made = _above(price, regular, size, inner)
    if made is None or made.height > side * _IN_DISC:
        return None
    fall = price.face.fall * size
    placed = made.at((side - made.width) / 2, (side - made.height + fall) / 2)
    return replace(
        placed, item="badge", width=side, height=side, shapes=(Shape("badge", (0, 0, side, side), room.fill),)
    )


def logo_block(aspect: float, height: float, clear: float, room: Room) -> Block | None:
    """The place of a logo; `clear` is the space that must stay free below and above it."""
    width = height * aspect
    if width > room.width:
        width, height = room.width, room.width / aspect
    return Block("logo", width, height + clear, (), (Shape("logo", (0, 0, width, height)),))


def _side_by_side(price: Copy, regular: Copy | None, size: int, room: Room) -> Block | None:
    now = set_in(price, size, room.width, 1)
    if now is None or regular is None:
        return (
            None
            if now is None
            else Block("prices", now.widest, now.height, (_written("price", price, now, (0, 0), room),))
        )
    before = set_in(regular, _lesser(size), room.width, 1)
    gap = _BETWEEN * size
    if before is None or now.widest + gap + before.widest > room.width:
        return None
    down = now.face.rise * now.size - before.face.rise * before.size
    struck = replace(_written("regular", regular, before, (now.widest + gap, down), room), struck=True)
    return Block(
        "prices", now.widest + gap + before.widest, now.height, (_written("price", price, now, (0, 0), room), struck)
    )


def _above(price: Copy, regular: Copy | None, size: int, room: Room) -> Block | None:
    now = set_in(price, size, room.width, 1)
    if now is None or regular is None:
        return _side_by_side(price, None, size, room)
    before = set_in(regular, _lesser(size), room.width, 1)
    if before is None:
        return None
    width = max(now.widest, before.widest)
    down = before.face.rise * before.size + _ABOVE * size
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[room.align]
    struck = replace(_written("regular", regular, before, ((width - before.widest) * share, 0), room), struck=True)
    one = _written("price", price, now, ((width - now.widest) * share, down), room)
    return Block("prices", width, down + now.height, (one, struck))


def _lesser(size: int) -> int:
    return max(10, round(size * _LESSER))


def _written(name: str, copy: Copy, setting: Setting, at: tuple[float, float], room: Room) -> Written:
    left, top = at
    rect = (left, top, left + setting.widest, top + setting.height)
    return Written(name, copy.text, setting, rect, room.align, room.inks[name])
