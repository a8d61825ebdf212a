"""The demo's creatives."""

from collections import Counter

from services.assets.demo import CREATIVES_EACH, demo_creatives, demo_drafts
from services.catalogue.catalogue import demo_catalogue
from services.copywriter.headlines import HEADLINE_STYLES


def test_every_product_has_creatives_in_every_format() -> None:
    catalogue = demo_catalogue()
    count = Counter((draft.product_id, draft.format) for draft, _ in demo_drafts(catalogue))
    assert count == {(p.product_id, form): n for p in catalogue.products for form, n in CREATIVES_EACH.items()}


def test_creatives_of_a_product_differ_in_headline_or_picture_and_show_all_styles_that_its_row_allows() -> None:
    styles = Counter[int]()
    for product in demo_catalogue().products:
        lines = [
            (d.elements["headline_style"], d.elements["template"])
            for d, _ in demo_drafts(demo_catalogue())
            if (d.product_id, d.format) == (product.product_id, "300x250")
        ]
        assert len(set(lines)) == 4
        styles[len({style for style, _ in lines})] += 1
    assert styles == {len(HEADLINE_STYLES): 31, 3: 29}


def test_all_are_approved_and_none_is_made_by_a_machine() -> None:
    creatives = demo_creatives(demo_catalogue())
    assert Counter(creative.approved_by for creative in creatives) == {"studio": 600, "catalogue": len(CREATIVES_EACH)}
    assert not any(creative.ai_generated for creative in creatives)
    assert len({creative.creative_id for creative in creatives}) == len(creatives) == 604


def test_ids_are_the_same_for_ever() -> None:
    assert demo_creatives(demo_catalogue())[0].creative_id == "c-f81014cf0921eb1bdb1a"
