"""What a shopper wants, and how that changes: regimes that switch abruptly, and missions of three hours.

Time is divided into blocks of four weeks, shifted for each shopper. A block holds one to four regimes. The boundaries
between them are cubes of uniform numbers, as shares of the block: many regimes are short, some last the whole block.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from services.catalogue.catalogue import CATEGORIES, Product
from services.simulator.shoppers.chance import pick, uniforms
from services.simulator.shoppers.shopper import Shopper

NO_MISSION: Final = -1
_BLOCK_S: Final = 28 * 86_400.0
_MISSION_S: Final = 3 * 3_600
_MISSION_SHARE: Final = 0.45
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Classes of product that are wanted now, as indices into CATEGORIES."""

    primary: int
    secondary: frozenset[int]


def wished_class(product: Product) -> int:
    """The product's class, as an index into CATEGORIES; in a shop without these, one that its category always has."""
    if product.category in CATEGORIES:
        return CATEGORIES.index(product.category)
    return _class_of_another_shop(product.message.product_type)


@lru_cache(maxsize=4_096)
def _class_of_another_shop(product_type: str) -> int:
    """Cached, because a shopper compares all products of the shop on every page."""
    return int(uniforms(0, f"category:{product_type}", 1)[0] * len(CATEGORIES))


def wishes_at(seed: int, shopper: Shopper, when: datetime) -> Wishes:
    """The wishes of the regime that `when` falls into."""
    shift = float(uniforms(seed, f"block-shift:{shopper.number}", 1)[0])
    blocks = (when - _EPOCH).total_seconds() / _BLOCK_S + shift
    block, within = int(blocks // 1), blocks % 1.0
    u = uniforms(seed, f"regimes:{shopper.number}:{block}", 20)
    cuts = sorted(float(x) ** 3 for x in u[: pick(u[3], (0.25, 0.35, 0.25, 0.15))])
    regime = sum(within >= cut for cut in cuts)
    first, second, third = (int(x * len(CATEGORIES)) for x in u[4 + 3 * regime : 7 + 3 * regime])
    if shopper.persona == "devotee":
        return Wishes(shopper.favourite, frozenset())
    return Wishes(first, frozenset((second, third)) - {first})


def mission_at(seed: int, shopper: Shopper, wishes: Wishes, when: datetime) -> int:
    """The only class that the shopper wants in these three hours, or NO_MISSION."""
    stretch = int((when - _EPOCH).total_seconds()) // _MISSION_S
    u = uniforms(seed, f"mission:{shopper.number}:{stretch}", 3)
    if u[0] >= _MISSION_SHARE or shopper.persona in ("devotee", "indifferent"):
        return NO_MISSION
    return wishes.primary if u[1] < 0.4 else int(u[2] * len(CATEGORIES))
