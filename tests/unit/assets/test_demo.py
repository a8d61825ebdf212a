"""The demo's creatives."""

from collections import Counter
from dataclasses import replace

from services.assets.demo import CREATIVES_EACH, demo_creatives, demo_drafts
from services.assets.headlines import HEADLINE_STYLES, drawn_price, headline, style_of
from services.catalogue.catalogue import demo_catalogue


def test_every_product_has_creatives_in_every_format() -> None:
    catalogue = demo_catalogue()
    count = Counter((draft.product_id, draft.format) for draft, _ in demo_drafts(catalogue))
    assert count == {(p.product_id, form): n for p in catalogue.products for form, n in CREATIVES_EACH.items()}
    assert CREATIVES_EACH["300x250"] >= 3


def test_creatives_of_a_product_differ_in_headline_and_in_picture() -> None:
    for product in demo_catalogue().products:
        lines = [
            d.lineage
            for d, _ in demo_drafts(demo_catalogue())
            if (d.product_id, d.format) == (product.product_id, "300x250")
        ]
        assert {line["headline_style"] for line in lines} == set(HEADLINE_STYLES)
        assert len({line["picture_style"] for line in lines}) == 3


def test_every_headline_is_read_in_the_style_that_it_was_written_in() -> None:
    for product in demo_catalogue().products:
        for style in HEADLINE_STYLES:
            for variety in range(3):
                assert style_of(headline(product, style, variety)) == style


def test_a_price_is_written_with_the_decimals_of_its_currency() -> None:
    product = replace(demo_catalogue().product("tee-breton"), price_minor=1005)
    texts = [drawn_price(replace(product, currency=currency)) for currency in ("EUR", "JPY", "KWD")]
    assert texts == ["EUR 10.05", "JPY 1005", "KWD 1.005"]


def test_all_are_approved_by_the_catalogue_and_none_is_made_by_a_machine() -> None:
    creatives = demo_creatives(demo_catalogue())
    assert {creative.approved_by for creative in creatives} == {"catalogue"}
    assert not any(creative.ai_generated for creative in creatives)
    assert len({creative.creative_id for creative in creatives}) == len(creatives) == 404


def test_ids_are_the_same_for_ever() -> None:
    assert demo_creatives(demo_catalogue())[0].creative_id == "c-684465fafedc67d1c2e8"
