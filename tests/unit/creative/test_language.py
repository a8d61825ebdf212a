"""A page gets ads in its language, and in any where none speaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.language import primary
from services.catalogue.catalogue import demo_products
from services.creative.candidates.index import CandidateIndex, Rule, no_rule
from services.creative.candidates.pool import Compaction, Entry, Pool
from services.creative.candidates.pool_view import PoolView, Views
from services.creative.candidates.spoken import EVERYBODY, Mask, number_of
from services.features.creative_columns import CreativeFacts
from services.policies.posterior import PRIOR
from services.policies.replay import replay
from tests.creatives_in_memory import Shop, creative, facts
from tests.pools import HOUSE
from tests.unit.creative.house import House, page

CHINESE: Final = frozenset(product.product_id for product in demo_products() if product.language == "zh")
SPOKEN: Final = {"tee": "en", "kurta": "en", "qipao": "zh", "banner": ""}


def pool(spoken: dict[str, str] = SPOKEN) -> Pool:
    """An ad for each of these products, in that language."""
    made = Pool(HOUSE)
    shown = [CreativeFacts(f"c-{name}", name, facts(1), HOUSE.text_embedding, False, 0.0) for name in spoken]
    entries = [Entry(one, language=language) for one, language in zip(shown, spoken.values(), strict=True)]
    made.add(entries, PRIOR, lambda _: True)
    return made


def index_of(made: Pool) -> CandidateIndex:
    views = Views({"300x250": made.view(0, 0, "v")})
    return CandidateIndex(lambda: views, lambda _: None, lambda _: pytest.fail("no house creative is asked for"))


def shown(index: CandidateIndex, locale: str, *products: str, rule: Rule = no_rule) -> list[str]:
    """The products whose ads may be shown to a page."""
    found = index.eligible("300x250", products, rule, number_of(primary(locale)))
    assert found.view is not None
    return [found.view.product_ids[row] for row in found.rows.tolist()]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en-GB", ["banner", "kurta", "tee"]),
        ("zh-TW", ["banner", "qipao"]),
        ("zh_Hans", ["banner", "qipao"]),
        ("fr", ["banner", "kurta", "qipao", "tee"]),
        ("", ["banner", "kurta", "qipao", "tee"]),
    ],
)
def test_ads_of_the_pages_language_and_of_none_or_all_where_none_speaks_it(locale: str, expected: list[str]) -> None:
    assert shown(index_of(pool()), locale) == expected


def test_a_language_whose_ads_have_all_ended_is_spoken_by_none() -> None:
    made = pool()
    made.retire("c-qipao")
    assert shown(index_of(made), "zh") == ["banner", "kurta", "tee"]


def test_of_named_products_those_in_another_language_are_left_out() -> None:
    assert shown(index_of(pool()), "en", "qipao", "tee") == ["tee"]
    assert shown(index_of(pool()), "en", "qipao") == []


def allowing(*products: str) -> tuple[Rule, list[bool]]:
    """A rule that allows these, with what it was told of whether they could be shown."""
    masks: list[Mask] = []  # the same object says the same
    told: list[bool] = []

    def rule(view: PoolView, any_shown: Callable[[Mask], bool]) -> Mask:
        masks.append(masks[0] if masks else np.isin(view.product_ids[: view.count], products))
        told.append(any_shown(masks[0]))
        return masks[0]

    return rule, told


def test_a_rule_and_the_language_hold_both_and_the_rule_knows_what_may_be_shown() -> None:
    index, (rule, told) = index_of(pool()), allowing("tee", "qipao")
    assert shown(index, "en", rule=rule) == ["tee"]
    assert shown(index, "en", "kurta", "qipao", rule=rule) == []
    assert shown(index, "zh", "kurta", "qipao", rule=rule) == ["qipao"]
    assert told == [True, False, True]


def test_what_is_asked_again_is_the_same_object_so_that_it_is_made_once() -> None:
    index, (rule, _) = index_of(pool()), allowing("tee", "qipao")
    for one in (rule, no_rule):
        first, again = (index.eligible("300x250", (), one, number_of("en")) for _ in range(2))
        assert first is again
    alone = index_of(pool({"tee": "en", "banner": ""}))
    assert alone.eligible("300x250", (), no_rule, number_of("en")) is alone.eligible("300x250", ())


def test_a_copied_pool_keeps_its_languages() -> None:
    made = pool()
    made.retire("c-kurta")
    fresh = Compaction(made).step()
    assert fresh is not None
    assert shown(index_of(fresh), "en") == ["banner", "tee"]


def test_an_ad_speaks_what_its_products_row_says_else_what_it_shows() -> None:
    shop = Shop()
    said, unsaid = replace(facts(1), language="de-AT"), facts(2)
    shop.products.put("p1", said)
    shop.products.put("p2", unsaid)
    shop.creatives.put(
        creative("c-said", "p1", headline="Dress"),
        creative("c-latin", "p2", headline="Das Kleid ist neu"),
        creative("c-name", "p2", headline="Nuvola"),
        creative("c-han", "p2", headline="连衣裙"),
        creative("c-banner", "", headline="Sale", link="https://shop.example/sale"),
    )
    subject = shop.increments()
    subject.catch_up()
    view = subject.views.pools["300x250"]
    spoken = {name: int(view.languages[row]) for name, row in view.row_of.items()}
    assert spoken == {
        "c-said": number_of("de"),
        "c-latin": number_of("de"),
        "c-name": EVERYBODY,
        "c-han": number_of("zh"),
        "c-banner": EVERYBODY,
    }
    shop.products.put("p1", replace(said, language="fr"))
    subject.catch_up()
    after = subject.views.pools["300x250"]
    assert after.languages[after.row_of["c-said"]] == number_of("fr")


@pytest.mark.asyncio
async def test_pages_get_the_demos_ads_in_their_language_and_every_choice_replays(house: House) -> None:
    found = {}
    async with house.asked() as stub:
        for locale in ("en-GB", "zh-TW", "fr"):
            slots = [pb.Placement(placement_id="top", format="300x250", count=32)]
            asked = page(request_id=f"r-{locale}", placements=slots, context=pb.Context(locale=locale))
            answer = await stub.SelectCreatives(asked, timeout=5)
            found[locale] = {one.product_id for one in answer.selections} - {""}
    assert found["en-GB"].isdisjoint(CHINESE)
    assert found["en-GB"]
    assert found["zh-TW"] <= CHINESE
    assert found["zh-TW"]
    assert found["fr"] & CHINESE
    assert found["fr"] - CHINESE
    assert all(replay(record).same for record in house.records())
