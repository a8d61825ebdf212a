"""The true click probabilities; the package's docstring has the formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.catalogue.catalogue import Product
from services.copywriter.headlines import HEADLINE_STYLES, style_of
from services.simulator.shoppers.chance import pareto, uniforms
from services.simulator.shoppers.personas import RULES, Seen, tiers_of
from services.simulator.shoppers.shopper import COLOURS, Shopper, make_shopper
from services.simulator.shoppers.tastes import Looks, liking
from services.simulator.shoppers.wishes import Wishes, mission_at, wished_class, wishes_at

_NOTICE_BY_FORMAT: Final = {"300x250": 1.0, "160x600": 0.8, "320x50": 0.7, "728x90": 0.6}
_NOTICE_BY_SLOT: Final = (1.0, 0.7, 0.55, 0.45)
_SEASON_S: Final = 21 * 86_400
_MOST: Final = 0.9
_UNKNOWN_PRICE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when an ad is shown."""

    when: datetime  # UTC
    device: str = "desktop"
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Exposures:
    """What a shopper was shown before."""

    of_creative: NDArray[np.int64]  # (C,), times within the last day
    in_ten_minutes: int = 0  # ads of any kind


@dataclass(frozen=True, slots=True)
class SeenAd:
    """One ad as every shopper sees it."""

    creative_id: str
    product: Product | None  # None for the house creative
    headline: str
    format: str
    elements: Mapping[str, str] = field(default_factory=dict)  # `Creative.elements`


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """C creatives by what every shopper sees of them, one row each."""

    creative_ids: tuple[str, ...]
    product_ids: tuple[str, ...]
    category: NDArray[np.int64]  # (C,), `wished_class`, -1 for house creatives
    price_minor: NDArray[np.float64]  # (C,)
    colour: NDArray[np.int64]  # (C,), index into COLOURS, -1 for house creatives
    style: NDArray[np.int64]  # (C,), index into HEADLINE_STYLES
    notice: NDArray[np.float64]  # (C,), by format
    looks: Looks

    @classmethod
    def of(cls, shown: Sequence[SeenAd]) -> Offers:
        """The offers of some ads."""
        products = [ad.product for ad in shown]
        return cls(
            creative_ids=tuple(ad.creative_id for ad in shown),
            product_ids=tuple(p.product_id if p else "" for p in products),
            category=np.array([wished_class(p) if p else -1 for p in products], dtype=np.int64),
            price_minor=np.array([p.price_minor if p else _UNKNOWN_PRICE for p in products], dtype=np.float64),
            colour=np.array([COLOURS.index(p.colour) if p and p.colour in COLOURS else -1 for p in products]),
            style=np.array([HEADLINE_STYLES.index(style_of(ad.headline)) for ad in shown], dtype=np.int64),
            notice=np.array([_NOTICE_BY_FORMAT.get(ad.format, 0.5) for ad in shown]),
            looks=Looks.of([ad.elements for ad in shown]),
        )

    def row(self, index: int) -> Offers:
        """One offer of them."""
        at = slice(index, index + 1)
        return Offers(
            self.creative_ids[at],
            self.product_ids[at],
            self.category[at],
            self.price_minor[at],
            self.colour[at],
            self.style[at],
            self.notice[at],
            self.looks.take(at),
        )


class Truth:
    """The probability with which each shopper clicks each creative; a function of the seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._shoppers: dict[int, Shopper] = {}
        self._wishes: dict[tuple[int, int], Wishes] = {}
        self._missions: dict[tuple[int, int], int] = {}
        self._moods: dict[tuple[int, int], float] = {}
        self._appeals: dict[tuple[str, int], float] = {}
        self._popular: dict[str, bool] = {}

    def shopper(self, number: int) -> Shopper:
        """The shopper of that number."""
        if number not in self._shoppers:
            self._shoppers[number] = make_shopper(self.seed, number)
        return self._shoppers[number]

    def wishes(self, shopper: Shopper, when: datetime) -> Wishes:
        """What the shopper wants; constant within a regime, cached by hour."""
        key = (shopper.number, int(when.timestamp()) // 3600)
        if key not in self._wishes:
            at = when.replace(minute=0, second=0, microsecond=0)
            self._wishes[key] = wishes_at(self.seed, shopper, at)
        return self._wishes[key]

    def mission(self, shopper: Shopper, when: datetime) -> int:
        """The only class that the shopper wants now, or NO_MISSION."""
        key = (shopper.number, int(when.timestamp()) // 3600)
        if key not in self._missions:
            at = when.replace(minute=0, second=0, microsecond=0)
            self._missions[key] = mission_at(self.seed, shopper, self.wishes(shopper, at), at)
        return self._missions[key]

    def click_probability(self, shopper: Shopper, ad: SeenAd, scene: Scene, seen: int = 0) -> float:
        """The true click probability of one ad that was `seen` times before."""
        return float(self.click_probabilities(shopper, Offers.of([ad]), scene, Exposures(np.array([seen])))[0])

    def click_probabilities(
        self, shopper: Shopper, offers: Offers, scene: Scene, exposures: Exposures
    ) -> NDArray[np.float64]:
        """The true click probability of each offer if it were shown, shape (C,), each in [0, 0.9]."""
        payday = 1.5 if 25 <= scene.when.day <= 28 and shopper.persona != "luxury" else 1.0
        seen = Seen(
            tiers=tiers_of(self.wishes(shopper, scene.when), self.mission(shopper, scene.when), offers.category),
            price_minor=offers.price_minor,
            style=offers.style,
            popular=np.array([self.popular(product_id) for product_id in offers.product_ids]),
            times_seen=exposures.of_creative,
            hour=scene.when.hour,
            weekend=scene.when.weekday() >= 5,
            price_limit_minor=shopper.price_limit_minor * payday,
        )
        rate = RULES[shopper.persona](seen)
        rate = rate * offers.notice * _NOTICE_BY_SLOT[min(scene.slot, len(_NOTICE_BY_SLOT) - 1)]
        rate = rate * self.appeals(offers.creative_ids, scene.when) * self.mood(shopper, scene.when)
        rate = rate * liking(shopper.taste, offers.looks, scene.when.hour) * _fatigue(shopper, offers, exposures)
        slips = 0.006 if scene.device == "phone" else 0.002
        return np.clip(rate + slips, 0.0, _MOST)

    def appeals(self, creative_ids: Sequence[str], when: datetime) -> NDArray[np.float64]:
        """How good each creative is this season, for all shoppers alike; heavy-tailed around 1, shape (C,)."""
        season = int(when.timestamp()) // _SEASON_S
        return np.array([self._appeal(creative_id, season) for creative_id in creative_ids])

    def mood(self, shopper: Shopper, when: datetime) -> float:
        """How inclined the shopper is to click on this day."""
        key = (shopper.number, when.toordinal())
        if key not in self._moods:
            u = uniforms(self.seed, f"mood:{key[0]}:{key[1]}", 2)
            self._moods[key] = 0.4 if u[0] < 0.2 else min(0.9 * pareto(float(u[1]), 2.5), 3.0)
        return self._moods[key]

    def popular(self, product_id: str) -> bool:
        """Whether many others buy the product."""
        if product_id not in self._popular:
            liked = uniforms(self.seed, f"popular:{product_id}", 1)[0] < 0.35
            self._popular[product_id] = bool(product_id) and bool(liked)
        return self._popular[product_id]

    def _appeal(self, creative_id: str, season: int) -> float:
        key = (creative_id, season)
        if key not in self._appeals:
            lasting = 0.6 * pareto(float(uniforms(self.seed, f"appeal:{creative_id}", 1)[0]), 2.4)
            fashion = 1.25 if uniforms(self.seed, f"fashion:{creative_id}:{season}", 1)[0] < 0.5 else 0.75
            self._appeals[key] = min(lasting, 2.2) * fashion
        return self._appeals[key]


def _fatigue(shopper: Shopper, offers: Offers, exposures: Exposures) -> NDArray[np.float64]:
    """Factors for too many ads, for the same creative too often, and for colours that the shopper dislikes, (C,)."""
    left = np.where(exposures.of_creative >= shopper.patience, 0.15, 1.0)
    for colour in shopper.disliked_colours:
        left = np.where(offers.colour == COLOURS.index(colour), left * 0.35, left)
    return left * (0.35 if exposures.in_ten_minutes >= shopper.ads_limit else 1.0)
