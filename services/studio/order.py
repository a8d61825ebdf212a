"""Whose ads are made first; pure.

1. Products that a running campaign names.
2. Products that have no ad, or that have changed since their newest ad: the others are only looked at.
3. The minute in which they changed, the last one first: a new product does not wait for an import of many.
4. How many people have rated them, the most first: what many have bought, many look for.
5. Their id.
"""

from __future__ import annotations

from typing import Final

Rank = tuple[bool, bool, int, int, str]
"""The lower, the earlier."""

_MINUTE_MS: Final = 60_000


def rank_of(product_id: str, *, in_campaign: bool, has_work: bool, changed_ms: int, ratings: int) -> Rank:
    """The rank of a product.

    >>> def rank(name, changed_ms=0, ratings=0, in_campaign=False, has_work=True):
    ...     return rank_of(name, in_campaign=in_campaign, has_work=has_work, changed_ms=changed_ms, ratings=ratings)
    >>> ranks = [rank("b"), rank("a"), rank("known", ratings=9), rank("new", 70_000), rank("spring", in_campaign=True)]
    >>> [rank[-1] for rank in sorted([*ranks, rank("done", 90_000, has_work=False)])]
    ['spring', 'new', 'known', 'a', 'b', 'done']
    """
    return (not in_campaign, not has_work, -(changed_ms // _MINUTE_MS), -ratings, product_id)
