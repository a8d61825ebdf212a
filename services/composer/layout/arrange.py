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
from services.composer.layout.attempts import SCALES, Attempt, attempts_of
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
from services.composer.layout.contents import contents_of
from services.composer.layout.flow import ROW_GAP, WORDS, in_column, in_row
from services.composer.layout.inks import fill_on, inks_on
from services.composer.layout.regions import mirror, without_product
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

_SLOWER: Final = 0.5  # power of the scale for all but the headline
_ALONE: Final = 1.6  # a headline without a product beside it may be so much larger
_ALONE_FLAT: Final = 1.3  # where there is room for a line or two
_ALONE_LINES: Final = 2  # more, where there is room for them: else a long title is small on an empty ground


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


def product_rect(format_: str, template: Template) -> Rect:
    """Where the product stands in pixels, in a picture that is not mirrored."""
    return _pixels(template.families[family_of(format_)].product.region, size_of(format_))


def _pixels(region: Rect, size: tuple[int, int]) -> Rect:
    return region[0] * size[0], region[1] * size[1], region[2] * size[0], region[3] * size[1]


@dataclass(frozen=True, slots=True)
class _Page:
    """What an arrangement is made of."""

    brief: Brief
    template: Template
    arrangement: Arrangement
    copies: Mapping[str, Copy]
    has_product: bool

    def attempts(self) -> Iterator[Attempt]:
        """What to leave out and how small the headline may become, the best first."""
        has_parts = any(copy.has_parts for copy in self.copies.values())
        return attempts_of(self.template.drop, is_tiny(self.brief.format), has_parts, self._growth())

    def blocks(self, attempt: Attempt) -> list[Block] | None:
        """The blocks of all stacks in their places; None where one has no room."""
        placed: list[Block] = []
        for stack in self.stacks():
            fitted = self._fitted(stack, self._pixels(stack.region), attempt)
            if fitted is None:
                return None
            placed += fitted
        return placed

    def stacks(self) -> tuple[Stack, ...]:
        """The stacks; where no product is shown, the headline's and those in line with it take its place."""
        if self.has_product:
            return self.arrangement.stacks
        return without_product(self.arrangement)

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
        for stack in self.stacks():
            left, top, right, bottom = self._pixels(stack.region)
            for name in self._names(stack, last):
                copy = last.of(self.copies).get(name)
                if copy is not None and copy.widest_piece(SMALLEST[name]) > right - left:
                    return {name: why_not(copy, right - left, bottom - top, SMALLEST[name])}
        main = next(self._pixels(stack.region) for stack in self.stacks() if "headline" in stack.items)
        words = f"{len(self.brief.headline)} characters and what stands beside them"
        return {
            "headline": Illegible(
                "too_long", f"{words} do not fit into {main[2] - main[0]:.0f}x{main[3] - main[1]:.0f} px"
            )
        }

    def _fitted(self, stack: Stack, rect: Rect, attempt: Attempt) -> list[Block] | None:
        for scale in SCALES:
            if scale < attempt.least:
                return None
            blocks = self._made(stack, rect, attempt, scale)
            if blocks is not None:
                unit = unit_of(self.brief.format) * scale**_SLOWER
                placed = (in_row if stack.row else in_column)(blocks, stack, rect, unit)
                if placed is not None:
                    return placed
        return None

    def _made(self, stack: Stack, rect: Rect, attempt: Attempt, scale: float) -> list[Block] | None:
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

    def _names(self, stack: Stack, attempt: Attempt) -> list[str]:
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
        growth = self._growth() if name == "headline" else 1.0
        wanted = sizes[name] * unit * growth * (scale if name == "headline" else scale**_SLOWER)
        return round(max(wanted, SMALLEST[name], _LEAST[name] * unit))

    def _room(self, stack: Stack, rect: Rect, attempt: Attempt) -> Room:
        return Room(
            width=rect[2] - rect[0],
            height=rect[3] - rect[1],
            align=stack.align,
            lines=self.arrangement.lines
            + attempt.more_lines
            + (0 if self.has_product or self._is_flat() else _ALONE_LINES),
            inks=inks_on(stack.surface, self.template, "badge" in stack.items),
            fill=fill_on(stack.surface),
            price_style=self.template.price,
            button_style=self.template.button,
            wide_button=stack.wide_button,
            whole=attempt.whole,
        )

    def _growth(self) -> float:
        """How much larger the headline may be for want of a product."""
        return 1.0 if self.has_product else _ALONE_FLAT if self._is_flat() else _ALONE

    def _most_lines(self) -> int:
        return self.arrangement.lines + (0 if self.has_product or self._is_flat() else _ALONE_LINES)

    def _is_flat(self) -> bool:
        return family_of(self.brief.format) in ("strip", "banner")

    def _pixels(self, region: Rect) -> Rect:
        return _pixels(region, size_of(self.brief.format))


_FLEXIBLE: Final = ("prices", "kicker", "headline", "description")
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {"headline": ("kicker", "headline")}
_PRICED: Final = ("prices", "badge")
_OTHER_SIDE: Final = {"start": "end", "middle": "middle", "end": "start"}
