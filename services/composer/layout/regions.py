"""Regions of a picture as shares of its width and height: mirrored, and grown where no product is shown; pure."""

from __future__ import annotations

from collections.abc import Sequence

from services.composer.layout.blocks import Rect


def without_product(region: Rect, product: Rect, others: Sequence[Rect]) -> Rect:
    """The region together with the product's, less what others take and the margins that texts keep.

    >>> without_product((0.1, 0.1, 0.5, 0.6), (0.5, 0.1, 0.95, 0.9), [(0.1, 0.7, 0.5, 0.9)])
    (0.1, 0.1, 0.9, 0.7)
    """
    left, top, right, bottom = grown(region, product, others)
    texts = (region, *others)
    start, end = min(one[0] for one in texts), max(one[2] for one in texts)
    return max(left, min(start, 1 - end)), top, min(right, max(end, 1 - start)), bottom


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
