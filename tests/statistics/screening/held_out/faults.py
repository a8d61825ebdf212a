"""The faults that are planted in good banners before they are drawn, each with the checks that are meant to find it.

A fault that does not fit a banner (no price to falsify) gives None, and the next banner is tried.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from services.composer.drawing.oklab_pixels import oklab
from tests.statistics.screening.held_out.design import Means, ink_on, plain_face, sticker
from tests.statistics.screening.held_out.draft import (
    RGB,
    Draft,
    Fill,
    Item,
    Picture,
    Text,
    fitted,
    mixed,
    of_hsv,
    ratio,
    taken_by,
    width_of,
)
from tests.statistics.screening.held_out.rows import money, words

Spoilt = Draft | None
OnDraft = Callable[[Draft, random.Random, Means, Path], Spoilt]
"""Of a good draft; the folder takes pictures that are drawn for the fault."""

_READ: Final = ("contrast_seen", "reads_back")
_FAR: Final = 0.9  # radians of hue in OKLab, from which a colour is another brand's


@dataclass(frozen=True, slots=True)
class OfDraft:
    """A fault of what is drawn."""

    group: str
    meant: tuple[str, ...]
    spoil: OnDraft


def _with(draft: Draft, role: str, **changes: object) -> Draft:
    """Another text of a role."""
    return draft.with_items(
        replace(item, **changes) if isinstance(item, Text) and item.role == role else item  # type: ignore[arg-type]
        for item in draft.items
    )


def _near(chance: random.Random, ground: RGB, low: float, high: float) -> RGB:
    """A colour of a small contrast to the ground."""
    ends = [end for end in ((0, 0, 0), (255, 255, 255)) if ratio(end, ground) > high]
    end: RGB = chance.choice(ends)
    wanted = chance.uniform(low, high)
    return next(
        (one for n in range(1, 256) if ratio(one := mixed(ground, end, n / 255), ground) >= wanted),
        mixed(ground, end, 0.2),
    )


def faint_headline(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The headline alone, nearly in the colour behind it."""
    text = draft.text("headline")
    assert text is not None
    return _with(draft, "headline", colour=_near(chance, text.behind, 1.15, 1.9))


def faint_small_print(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The line under the headline alone."""
    text = draft.text("body")
    return None if text is None else _with(draft, "body", colour=_near(chance, text.behind, 1.3, 2.2))


def busy_ground(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The headline on a pattern that is partly in its own colour."""
    text = draft.text("headline")
    assert text is not None
    left, top, right, bottom = text.area
    size = (max(8, round(right - left)), max(8, round(bottom - top)))
    page, stroke = Image.new("RGB", size, text.behind), max(2, round(text.px * 0.14))
    pen, kind = ImageDraw.Draw(page), chance.choice(("stripes", "dots", "lines"))
    for _ in range(round(size[0] * size[1] / (stroke * stroke * 9))):
        x, y = chance.uniform(0, size[0]), chance.uniform(0, size[1])
        if kind == "dots":
            pen.ellipse((x, y, x + stroke * 1.6, y + stroke * 1.6), text.colour)
        else:
            lean = 0.0 if kind == "stripes" else chance.uniform(-text.px, text.px)
            pen.line((x, y, x + lean, y + text.px * 0.7), text.colour, stroke)
    file = folder / f"pattern-{chance.getrandbits(64):x}.png"
    page.save(file)
    at = draft.items.index(text)
    return draft.with_items((*draft.items[:at], Picture("pattern", text.area, file), *draft.items[at:]))


def tiny_headline(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """Letters of 3.5 to 5 px."""
    return _with(draft, "headline", px=chance.uniform(3.5, 5.0), lines=(draft.headline,))


def cut_at_the_edge(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """A headline of one line of which a third runs out of the picture."""
    text = draft.text("headline")
    assert text is not None
    wide = width_of(draft.headline, text.face, text.px)
    start = draft.size[0] - wide * chance.uniform(0.55, 0.7)
    top, bottom = text.area[1], text.area[3]
    return _with(draft, "headline", lines=(draft.headline,), area=(start, top, start + wide, bottom), centred=False)


def half_hidden(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The lower half of each of the headline's lines lies under a bar, as where boxes overlap."""
    text = draft.text("headline")
    assert text is not None
    left, top, right, _ = taken_by(text)
    step = text.px * 1.2
    bars = [
        Fill("bar", (left, top + step * (n + chance.uniform(0.44, 0.54)), right + 4, top + step * (n + 1)), text.behind)
        for n in range(len(text.lines))
    ]
    return draft.with_items((*draft.items, *bars))


def other_headline(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The picture of another product's ad."""
    text = draft.text("headline")
    assert text is not None
    other = {"en": "Reversible oven gloves", "de": "Topflappen im Doppelpack", "zh": "双面隔热手套"}[draft.row.language]
    lines, px = fitted(other, text.face, text.area, text.px, 10)
    return _with(draft, "headline", lines=lines, px=px) if lines else None


def foreign(chance: random.Random, draft: Draft) -> RGB:
    """A strong colour whose hue is far from those of the kit."""
    own = [_hue(colour) for colour in draft.kit.colours.values()]
    while True:
        colour = of_hsv(chance.random(), chance.uniform(0.6, 0.95), chance.uniform(0.45, 0.95))
        if all(abs(np.angle(np.exp(1j * (_hue(colour) - hue)))) > _FAR for hue in own):
            return colour


def _hue(colour: RGB) -> float:
    _, across, up = oklab(np.array([colour], dtype=np.float32) / np.float32(255.0))[0]
    return float(np.arctan2(up, across))


def foreign_ground(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The ground in another brand's colour."""
    return _on_ground(draft, foreign(chance, draft), None)


def foreign_gradient(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The ground as two colours of another brand that run into each other."""
    colour = foreign(chance, draft)
    return _on_ground(draft, colour, mixed(colour, ink_on(colour), 0.3))


def _on_ground(draft: Draft, colour: RGB, other: RGB | None) -> Spoilt:
    if any(item.role == "card" or (isinstance(item, Picture) and item.shade) for item in draft.items):
        return None  # hardly any ground is seen
    ground = draft.items[0]
    assert isinstance(ground, Fill)
    items: list[Item] = [replace(ground, colour=colour, other=other)]
    for item in draft.items[1:]:
        if isinstance(item, Text) and item.behind == ground.colour:
            items.append(replace(item, colour=ink_on(colour), behind=colour))
        else:
            items.append(item)
    return draft.with_items(items)


def foreign_button(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """Button and sticker in another brand's colour, all else as the brand has it."""
    if draft.text("button") is None:
        return None
    colour, roles = foreign(chance, draft), ("button", "sticker")
    items: list[Item] = []
    for item in draft.items:
        if item.role in roles and isinstance(item, Fill):
            items.append(replace(item, colour=colour))
        elif item.role in roles and isinstance(item, Text):
            items.append(replace(item, colour=ink_on(colour), behind=colour))
        else:
            items.append(item)
    return draft.with_items(items)


def other_price(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """One digit of the price is another."""
    text = draft.text("price")
    if text is None:
        return None
    said = text.lines[0]
    at = chance.choice([n for n, letter in enumerate(said) if letter.isdigit()])
    digit = chance.choice([one for one in "123456789" if one != said[at]])
    return _with(draft, "price", lines=(said[:at] + digit + said[at + 1 :],))


def other_amount(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """Another amount altogether: a tenth, the old price of last week, a round one."""
    if draft.text("price") is None:
        return None
    now = draft.row.now
    amount = chance.choice((now // 10, now - 100 * chance.randint(2, 9), max(100, now // 1000 * 1000 - 1), now + 500))
    return _with(draft, "price", lines=(money(draft.row, amount),))


def other_currency(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The right number in another currency."""
    if draft.text("price") is None:
        return None
    sign = {"EUR": "$", "USD": "€", "GBP": "€", "CNY": "$"}[draft.row.currency]
    return _with(draft, "price", lines=(money(draft.row, draft.row.now, sign),))


def other_discount(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """A sticker with a discount that the row does not have."""
    percent = chance.choice([one for one in (15, 25, 35, 40, 50, 60, 70) if one > draft.row.percent])
    return _stuck(draft, chance.choice(("-{}%", "-{} %", "{}% OFF")).format(percent), means)


def claim_on_sticker(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """A sticker with a claim that no row says; the ad's own words say nothing of it."""
    return _stuck(draft, chance.choice(words("untrue", draft.row.language)), means)


def claim_in_body(draft: Draft, chance: random.Random, means: Means, folder: Path) -> Spoilt:
    """The same in the place of the line under the headline."""
    text = draft.text("body")
    if text is None:
        return None
    lines, px = fitted(chance.choice(words("untrue", draft.row.language)), text.face, text.area, text.px, 9.5, 2)
    return replace(_with(draft, "body", lines=lines, px=px), body="") if lines else None


def _stuck(draft: Draft, text: str, means: Means) -> Spoilt:
    bare = [item for item in draft.items if item.role != "sticker"]
    beside = [item for item in bare if isinstance(item, Text) or item.role == "button"]
    stuck = sticker(text, plain_face(means, draft.row.language), draft.size, draft.kit.colours["accent"], beside)
    return draft.with_items((*bare, *stuck)) if stuck else None


DRAWN: Final[Mapping[str, OfDraft]] = {
    "faint_headline": OfDraft("text", _READ, faint_headline),
    "faint_small_print": OfDraft("text", ("contrast_seen",), faint_small_print),
    "busy_ground": OfDraft("text", _READ, busy_ground),
    "tiny_headline": OfDraft("text", ("reads_back",), tiny_headline),
    "cut_at_the_edge": OfDraft("text", ("reads_back",), cut_at_the_edge),
    "half_hidden": OfDraft("text", ("reads_back",), half_hidden),
    "other_headline": OfDraft("text", ("reads_back",), other_headline),
    "foreign_ground": OfDraft("colour", ("brand_colours",), foreign_ground),
    "foreign_gradient": OfDraft("colour", ("brand_colours",), foreign_gradient),
    "foreign_button": OfDraft("colour", ("brand_colours",), foreign_button),
    "other_price": OfDraft("claim in picture", ("claims_seen",), other_price),
    "other_amount": OfDraft("claim in picture", ("claims_seen",), other_amount),
    "other_currency": OfDraft("claim in picture", ("claims_seen",), other_currency),
    "other_discount": OfDraft("claim in picture", ("claims_seen",), other_discount),
    "claim_on_sticker": OfDraft("claim in picture", ("claims_seen",), claim_on_sticker),
    "claim_in_body": OfDraft("claim in picture", ("claims_seen",), claim_in_body),
}
