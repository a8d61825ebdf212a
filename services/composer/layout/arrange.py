"""Where everything stands: each stack as large as its region lets it be, the lesser texts left out first; pure.

Sizes go down together, the headline's fastest. While something may be left out, the headline shrinks no further than
looks well; then it shrinks to the smallest that can be read. Scripts that run from the right see the mirror image.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from services.composer.brief import Brief
from services.composer.formats import family_of, is_tiny, size_of, unit_of
from services.composer.layout.blocks import (
    Block,
    Rect,
    Room,
    Shape,
    Written,
    badge_block,
    button_block,
    logo_block,
    prices_block,
    text_block,
)
from services.composer.layout.contents import WHOLE, contents_of
from services.composer.layout.flow import ROW_GAP, WORDS, in_column, in_row
from services.composer.templates.template import Arrangement, Stack, Template
from services.composer.type.typesetting import Copy, Illegible, why_not

SMALLEST: Final[Mapping[str, int]] = {
    "headline": 12, "kicker": 10, "description": 11, "prices": 13, "badge": 12, "button": 11, "logo": 11,
}  # fmt: skip
"""Pixels of type, by item."""

_LEAST: Final[Mapping[str, float]] = {
    "headline": 4.0, "kicker": 2.7, "description": 2.6, "prices": 3.6, "badge": 3.2, "button": 2.8, "logo": 2.6,
}  # fmt: skip
"""The same in units: what can be read on a small picture is tiny on a large one."""

_SCALES: Final = (1.0, 0.94, 0.88, 0.82, 0.76, 0.70, 0.64, 0.58, 0.52, 0.46, 0.40)
_LOOKS_WELL: Final = 0.70  # of the headline's largest size
_SLOWER: Final = 0.5  # power of the scale for all but the headline
_ALONE: Final = 1.3  # a headline without a product beside it may be so much larger


@dataclass(frozen=True, slots=True)
class Arranged:
    """The parts of a picture in pixels."""

    written: tuple[Written, ...]
    shapes: tuple[Shape, ...]
    product: Rect
    mirrored: bool
    alone: bool  # no product is shown


def arranged(brief: Brief, template: Template, has_product: bool) -> Arranged | dict[str, Illegible]:
    """The arrangement; the texts for which there is no room or no typeface, where there is none."""
    contents = contents_of(brief, template)
    failed = {name: found for name, found in contents.items() if isinstance(found, Illegible)}
    if failed:
        return failed
    copies = {name: found for name, found in contents.items() if isinstance(found, Copy)}
    page = _Page(brief, template, template.families[family_of(brief.format)], copies, has_product)
    for attempt in page.attempts():
        blocks = page.blocks(attempt)
        if blocks is not None:
            return page.finished(blocks)
    return page.failure()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How much is given up for all to have room."""

    left_out: frozenset[str]
    least: float  # scale of the headline
    more_lines: int = 0  # of the headline
    in_one: bool = False  # a claim stands before the title in one text

    def of(self, copies: Mapping[str, Copy]) -> dict[str, Copy]:
        """The texts that are left."""
        left = {name: copy for name, copy in copies.items() if name not in self.left_out and name != WHOLE}
        if self.in_one:
            left["headline"] = copies[WHOLE]
            left.pop("kicker", None)
        return left


@dataclass(frozen=True, slots=True)
class _Page:
    """What an arrangement is made of."""

    brief: Brief
    template: Template
    arrangement: Arrangement
    copies: Mapping[str, Copy]
    has_product: bool

    def attempts(self) -> Iterator[_Attempt]:
        """What to leave out and how small the headline may become, the best first."""
        drop = self.template.drop
        for number in range(len(drop) + 1):
            yield _Attempt(frozenset(drop[:number]), _LOOKS_WELL)
        yield _Attempt(frozenset(drop), _SCALES[-1])
        yield _Attempt(frozenset(drop), _SCALES[-1], more_lines=1)
        yield _Attempt(frozenset(drop), _SCALES[-1], more_lines=1, in_one=True)
        if is_tiny(self.brief.format):  # all of it can be clicked
            yield _Attempt(frozenset((*drop, "button")), _SCALES[-1], more_lines=2, in_one=True)

    def blocks(self, attempt: _Attempt) -> list[Block] | None:
        """The blocks of all stacks in their places; None where one has no room."""
        placed: list[Block] = []
        for stack, rect in zip(self.arrangement.stacks, self.rects(), strict=True):
            fitted = self._fitted(stack, rect, attempt)
            if fitted is None:
                return None
            placed += fitted
        return placed

    def rects(self) -> list[Rect]:
        """The regions of the stacks in pixels; the headline's takes the product's place where none is shown."""
        regions = [stack.region for stack in self.arrangement.stacks]
        if not self.has_product:
            main = next(n for n, stack in enumerate(self.arrangement.stacks) if "headline" in stack.items)
            others = [region for n, region in enumerate(regions) if n != main]
            regions[main] = grown(regions[main], self.arrangement.product.region, others)
        return [self._pixels(region) for region in regions]

    def finished(self, blocks: Sequence[Block]) -> Arranged:
        """The parts of the blocks, mirrored where the headline runs from the right."""
        mirrored = self.copies["headline"].from_right if "headline" in self.copies else False
        width = size_of(self.brief.format)[0]
        written = [one for block in blocks for one in block.written]
        shapes = [one for block in blocks for one in block.shapes]
        product = self._pixels(self.arrangement.product.region)
        if mirrored:
            written = [replace(one, rect=mirror(one.rect, width), align=_OTHER_SIDE[one.align]) for one in written]
            shapes = [replace(one, rect=mirror(one.rect, width)) for one in shapes]
            product = mirror(product, width)
        return Arranged(tuple(written), tuple(shapes), product, mirrored, not self.has_product)

    def failure(self) -> dict[str, Illegible]:
        """The text for which there is no room: a word that is too wide, else the headline."""
        last = list(self.attempts())[-1]
        for stack, rect in zip(self.arrangement.stacks, self.rects(), strict=True):
            for name in self._names(stack, last):
                copy, width = last.of(self.copies).get(name), rect[2] - rect[0]
                if copy is not None and copy.widest_piece(SMALLEST[name]) > width:
                    return {name: why_not(copy, width, rect[3] - rect[1], SMALLEST[name])}
        main = next(r for s, r in zip(self.arrangement.stacks, self.rects(), strict=True) if "headline" in s.items)
        words = f"{len(self.brief.headline)} characters and what stands beside them"
        return {
            "headline": Illegible(
                "too_long", f"{words} do not fit into {main[2] - main[0]:.0f}x{main[3] - main[1]:.0f} px"
            )
        }

    def _fitted(self, stack: Stack, rect: Rect, attempt: _Attempt) -> list[Block] | None:
        for scale in _SCALES:
            if scale < attempt.least:
                return None
            blocks = self._made(stack, rect, attempt, scale)
            if blocks is not None:
                unit = unit_of(self.brief.format) * scale**_SLOWER
                placed = (in_row if stack.row else in_column)(blocks, stack, rect, unit)
                if placed is not None:
                    return placed
        return None

    def _made(self, stack: Stack, rect: Rect, attempt: _Attempt, scale: float) -> list[Block] | None:
        room, copies = self._room(stack, rect, attempt), attempt.of(self.copies)
        names = self._names(stack, attempt)
        gap = ROW_GAP * unit_of(self.brief.format) * scale**_SLOWER if stack.row else 0.0
        made: dict[str, Block | None] = {}
        for name in sorted(names, key=_FLEXIBLE.__contains__):  # stable: what can be set in less width comes last
            made[name] = block = self._block(name, copies, self._size(name, scale), room)
            if stack.row and block is not None and (name not in WORDS):
                room = replace(room, width=room.width - block.width - gap)
        blocks = [block for name in names if (block := made[name]) is not None]
        return blocks if len(blocks) == len(names) else None

    def _names(self, stack: Stack, attempt: _Attempt) -> list[str]:
        """The parts of a stack that there are."""
        copies = attempt.of(self.copies)
        names = [name for item in stack.items for name in _PARTS.get(item, (item,))]
        has_logo = self.brief.kit.logo is not None and "logo" not in attempt.left_out
        return [n for n in names if n in copies or n in _PRICED and "price" in copies or n == "logo" and has_logo]

    def _block(self, name: str, copies: Mapping[str, Copy], size: int, room: Room) -> Block | None:
        if name == "prices":
            return prices_block(copies["price"], copies.get("regular"), size, room)
        if name == "badge":
            return self._badge(copies["price"], copies.get("regular"), size, room)
        if name == "button":
            return button_block(copies["button"], size, room)
        logo = self.brief.kit.logo
        if name == "logo" and logo is not None:
            height = min(1.6 * size, room.height)
            return logo_block(logo.width / logo.height, height, self.brief.kit.clear_space * height, room)
        return text_block(name, copies[name], size, room)

    def _badge(self, price: Copy, regular: Copy | None, size: int, room: Room) -> Block | None:
        """The price in a disc; one that is too long for it stands in a tag."""
        sizes, tag = range(size, SMALLEST["badge"] - 1, -1), replace(room, price_style="tag")
        discs = (badge_block(price, regular, one, room) for one in sizes)
        tags = (prices_block(price, regular, one, tag) for one in sizes)
        return next((block for block in chain(discs, tags) if block is not None), None)

    def _size(self, name: str, scale: float) -> int:
        """The type of an item in pixels."""
        unit = unit_of(self.brief.format)
        sizes = {**self.template.sizes, **(self.arrangement.sizes or {})}
        alone = _ALONE if name == "headline" and not self.has_product else 1.0
        wanted = sizes[name] * unit * alone * (scale if name == "headline" else scale**_SLOWER)
        return round(max(wanted, SMALLEST[name], _LEAST[name] * unit))

    def _room(self, stack: Stack, rect: Rect, attempt: _Attempt) -> Room:
        return Room(
            width=rect[2] - rect[0],
            height=rect[3] - rect[1],
            align=stack.align,
            lines=self.arrangement.lines + attempt.more_lines,
            inks=_inks(stack.surface, self.template, "badge" in stack.items),
            fill=_FILLS.get(stack.surface, "accent"),
            price_style=self.template.price,
            button_style=self.template.button,
            wide_button=stack.wide_button,
        )

    def _pixels(self, region: Rect) -> Rect:
        width, height = size_of(self.brief.format)
        return region[0] * width, region[1] * height, region[2] * width, region[3] * height


def grown(region: Rect, product: Rect, others: Sequence[Rect]) -> Rect:
    """The region together with the product's, less what others take.

    >>> grown((0.1, 0.1, 0.5, 0.6), (0.5, 0.1, 0.9, 0.9), [(0.1, 0.7, 0.5, 0.9)])
    (0.1, 0.1, 0.9, 0.7)
    """
    left, top = min(region[0], product[0]), min(region[1], product[1])
    right, bottom = max(region[2], product[2]), max(region[3], product[3])
    for one in others:
        if one[2] <= left or one[0] >= right or one[3] <= top or one[1] >= bottom:
            continue
        if one[1] >= region[3]:
            bottom = min(bottom, one[1])
        elif one[3] <= region[1]:
            top = max(top, one[3])
        elif one[0] >= region[2]:
            right = min(right, one[0])
        else:
            left = max(left, one[2])
    return left, top, right, bottom


def mirror(rect: Rect, width: float) -> Rect:
    """The rectangle in the mirror image of a picture of this width."""
    return width - rect[2], rect[1], width - rect[0], rect[3]


def _inks(surface: str, template: Template, badge: bool) -> dict[str, str]:
    """The palette's role of each text on a surface."""
    inks = dict(_INKS[surface])
    filled = _INKS_OF_FILLS[_FILLS.get(surface, "accent")]
    if template.price == "tag" or badge:
        inks |= {"price": filled, "regular": filled}
    if template.button not in ("outline", "link"):
        inks["button"] = filled
    return inks


_FILLS: Final = {"deep": "on_deep", "accent": "on_accent"}
"""What buttons and tags are filled with on a surface; on others the accent."""

_INKS_OF_FILLS: Final = {"accent": "on_accent", "on_deep": "deep", "on_accent": "accent"}
_FLEXIBLE: Final = ("prices", "kicker", "headline", "description")
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {"headline": ("kicker", "headline")}
_PRICED: Final = ("prices", "badge")
_NAMES: Final = ("headline", "kicker", "description", "price", "regular", "button", "logo")
_LIGHT: Final = dict.fromkeys(_NAMES, "ink") | {"kicker": "soft", "description": "soft", "regular": "soft"}
_INKS: Final[Mapping[str, dict[str, str]]] = {
    "ground": _LIGHT,
    "panel": dict.fromkeys(_NAMES, "on_panel"),
    "deep": dict.fromkeys(_NAMES, "on_deep"),
    "accent": dict.fromkeys(_NAMES, "on_accent"),
}
_OTHER_SIDE: Final = {"start": "end", "middle": "middle", "end": "start"}
