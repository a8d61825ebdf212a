"""Regions of a picture as shares of its width and height: mirrored, and grown where no product is shown; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.composer.layout.blocks import Rect
from services.composer.templates.template import Arrangement, Stack


def without_product(arrangement: Arrangement) -> tuple[Stack, ...]:
    """The stacks where no product is shown: the headline's grows, and those that began with it still do."""
    stacks, product = arrangement.stacks, arrangement.product.region
    main = next(stack for stack in stacks if "headline" in stack.items)
    others = [stack.region for stack in stacks if stack is not main]
    region = within_margins(grown(main.region, product, others), [main.region, *others])
    place = "spread" if main.place == "spread" else "middle"
    return tuple(
        replace(main, region=region, place=place)
        if stack is main
        else replace(stack, region=_in_line(stack.region, main.region, region))
        for stack in stacks
    )


def within_margins(region: Rect, texts: Sequence[Rect]) -> Rect:
    """The region less the margins that texts keep, the same on both sides.

    >>> within_margins((0.0, 0.1, 0.95, 0.9), [(0.1, 0.7, 0.5, 0.9)])
    (0.1, 0.1, 0.9, 0.9)
    """
    start, end = min(one[0] for one in texts), max(one[2] for one in texts)
    return max(region[0], min(start, 1 - end)), region[1], min(region[2], max(end, 1 - start)), region[3]


def _in_line(region: Rect, before: Rect, after: Rect) -> Rect:
    """The region with the sides that it had in common with another one, which has moved."""
    left = after[0] if region[0] == before[0] else region[0]
    right = after[2] if region[2] == before[2] else region[2]
    return left, region[1], right, region[3]


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
