"""All cases of a seed: banners with one fault each, copies, spoilt files, untrue texts, and as many that are good."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from PIL import Image

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import Setup, all_ads_of
from services.catalogue.catalogue import demo_catalogue
from services.composer.brief import Brief
from services.composer.compose import composition
from services.composer.composition import Composition
from services.composer.encode import JPEG, PNG, WEBP, encoded
from services.composer.formats import FORMATS
from services.copywriter.offer_words import Moment
from services.screening.asset import Asset, Grounds
from services.screening.pictures.looks import look_of
from tests.statistics.screening.held_out.damages import DAMAGED, OfFile, served
from tests.statistics.screening.held_out.design import Means, draft_of, drafts
from tests.statistics.screening.held_out.draft import Draft, Text
from tests.statistics.screening.held_out.draw import by_chromium, by_pillow
from tests.statistics.screening.held_out.faults import DRAWN, OfDraft, other_headline
from tests.statistics.screening.held_out.rows import Row, any_row, money, words

MOMENT: Final = Moment(datetime(2026, 11, 1, 12, tzinfo=UTC))
COMPOSED: Final = 40
"""Ads of our own composer among the good ones, beside `GOOD` banners drawn in each other way."""

GOOD: Final = 80


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An ad, and what the screen is to say of it."""

    group: str
    fault: str  # empty: it is good
    maker: str
    meant: tuple[str, ...]  # the checks of which one is to find the fault
    asset: Asset
    grounds: Grounds
    first: Asset | None = None  # the ad of which it is a copy


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cases of what; the same plan gives the same cases with the same versions of what draws."""

    seed: int
    each: int  # of each fault
    means: Means
    chromium: str
    folder: Path  # for what is drawn on the way
    groups: frozenset[str] = frozenset()  # of faults, and "good"; empty: all

    def asks(self, group: str) -> bool:
        """Whether cases of a group are wanted."""
        return not self.groups or group in self.groups

    def chance(self, name: str) -> random.Random:
        """Chance of its own for each kind, so that kinds may be added without changing others."""
        return random.Random(f"{self.seed} {name}")  # noqa: S311


def cases_of(plan: Plan) -> Iterator[Case]:
    """All of them, kind by kind."""
    for name, fault in DRAWN.items():
        if plan.asks(fault.group):
            yield from _drawn(plan, name, fault)
    for name, damage in DAMAGED.items():
        if plan.asks(damage.group):
            yield from _damaged(plan, name, damage)
    if plan.asks("good"):
        yield from _good(plan)
        yield from _composed(plan)
    yield from (case for case in _texts(plan) if plan.asks(case.group))


def _images(plan: Plan, made: Sequence[Draft]) -> list[tuple[str, Draft, Image.Image]]:
    """Every other one by Chromium."""
    pages, plain = made[::2], made[1::2]
    shown = zip(("chromium",) * len(pages), pages, by_chromium(plan.chromium, pages), strict=True)
    return [*shown, *zip(("pillow",) * len(plain), plain, by_pillow(plain), strict=True)]


def _drawn(plan: Plan, name: str, fault: OfDraft) -> Iterator[Case]:
    chance = plan.chance(name)
    spoilt = (fault.spoil(draft, chance, plan.means, plan.folder) for draft in drafts(chance, plan.means))
    made = list(islice((draft for draft in spoilt if draft is not None), plan.each))
    for maker, draft, image in _images(plan, made):
        asset = _asset(draft, served(image, chance))
        yield Case(fault.group, name, maker, fault.meant, asset, _grounds(draft))


def _damaged(plan: Plan, name: str, damage: OfFile) -> Iterator[Case]:
    chance = plan.chance(name)
    suited = (draft for draft in drafts(chance, plan.means) if draft.shows_photo or not damage.of_photos)
    made = list(islice(suited, plan.each))
    for maker, draft, image in _images(plan, made):
        first = _asset(draft, served(image, chance)) if damage.group == "copy" else None
        asset = _asset(draft, damage.spoil(image, chance))
        yield Case(damage.group, name, maker, damage.meant, asset, _grounds(draft), first)


def _good(plan: Plan) -> Iterator[Case]:
    """Beside ads of the same product with other words, and with the same words in another design."""
    chance = plan.chance("good")
    made = list(islice(drafts(chance, plan.means), 2 * GOOD))
    for maker, draft, image in _images(plan, made):
        others = {
            "other words": other_headline(draft, chance, plan.means, plan.folder),
            "other design": draft_of(chance, plan.means, draft.row, draft.size),
        }
        looks = {name: _look(other) for name, other in others.items() if other is not None}
        yield Case("good", "", maker, (), _asset(draft, served(image, chance)), _grounds(draft, looks))


def _look(draft: Draft) -> str:
    texts = sorted((item for item in draft.items if isinstance(item, Text)), key=lambda item: item.area[1])
    return look_of(by_pillow([draft])[0], " ".join(" ".join(item.lines) for item in texts))


def _asset(draft: Draft, content: bytes) -> Asset:
    width, height = draft.size
    return Asset("finished", draft.headline, draft.headline, draft.body, draft.button, content, f"{width}x{height}")


def _grounds(draft: Draft, looks: Mapping[str, str] | None = None) -> Grounds:
    return Grounds(MOMENT, draft.row.product(), draft.kit, looks=looks or {})


def composed_ads(chance: random.Random) -> Iterator[tuple[Product, Brief, Composition]]:
    """Ads of the demo shop without end, as our composer makes them."""
    products = demo_catalogue().products
    while True:
        product = chance.choice(products).message
        ads = list(islice(all_ads_of(product, chance.choice(FORMATS), Setup(MOMENT)), 12))
        brief = chance.choice(ads)[1]
        made = composition(brief, None)
        if made.image is not None and made.verdict.passes:
            yield product, brief, made


def _composed(plan: Plan) -> Iterator[Case]:
    """As if an agency had sent them; of no brand."""
    chance = plan.chance("composed")
    for product, brief, made in islice(composed_ads(chance), COMPOSED):
        assert made.image is not None
        content = encoded(made.image, chance.choice(((PNG, JPEG), (JPEG,), (WEBP,))))[0]
        said = (brief.headline, brief.description, brief.call_to_action)
        asset = Asset("finished", brief.headline, *said, content, brief.format)
        yield Case("good", "", "composer", (), asset, Grounds(MOMENT, product))


def _texts(plan: Plan) -> Iterator[Case]:
    kinds: Mapping[str, Callable[[Row, random.Random], str | None]] = {
        "price_in_text": lambda row, chance: _priced(row, row.now + chance.choice((-500, 500, 1000, 10)), chance),
        "discount_in_text": lambda row, chance: _reduced(row, row.percent + chance.choice((5, 10, 30)), chance),
        "claim_in_text": lambda row, chance: f"{row.title}. {chance.choice(words('untrue', row.language))}.",
        "": lambda row, chance: chance.choice((
            _priced(row, row.now, chance), f"{row.title}. {row.body}", _reduced(row, row.percent, chance),
        )),
    }  # fmt: skip
    for name, text_of in kinds.items():
        chance = plan.chance(f"texts {name}")
        made = ((row, text_of(row, chance)) for row in iter(lambda: any_row(chance), None))  # noqa: B023
        for row, text in islice(((row, text) for row, text in made if text), plan.each * (1 if name else 3)):
            grounds = Grounds(MOMENT, row.product())
            yield Case(
                "text of ad" if name else "good", name, "words", ("claims",), Asset("words", headline=text), grounds
            )


def _priced(row: Row, amount: int, chance: random.Random) -> str:
    return chance.choice(words("priced", row.language)).format(title=row.title, price=money(row, amount))


def _reduced(row: Row, percent: int, chance: random.Random) -> str | None:
    """Of a product on sale; another percentage is another old price, too."""
    if not row.sale:
        return None
    regular = row.price if percent == row.percent else round(row.sale / (1 - percent / 100))
    said = {"title": row.title, "percent": percent, "price": money(row, row.sale), "regular": money(row, regular)}
    return chance.choice(words("reduced", row.language)).format(**said)
