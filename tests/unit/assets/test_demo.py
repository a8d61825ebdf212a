"""The demo's creatives."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from services.assets.demo import CREATIVES_EACH, DEMO_BEGAN, demo_creatives, demo_drafts
from services.catalogue.catalogue import demo_catalogue
from services.copywriter.offer_words import Moment
from services.copywriter.texts import texts_of


def test_every_product_has_creatives_in_every_format() -> None:
    catalogue = demo_catalogue()
    count = Counter((draft.product_id, draft.format) for draft in demo_drafts(catalogue))
    assert count == {(p.product_id, form): n for p in catalogue.products for form, n in CREATIVES_EACH.items()}


def test_creatives_of_a_product_differ_in_template_and_show_all_styles_that_there_is_room_for() -> None:
    of = defaultdict[tuple[str, str], list[Mapping[str, str]]](list)
    for draft in demo_drafts(demo_catalogue()):
        of[draft.product_id, draft.format].append(draft.elements)
    products = {product.product_id: product.message for product in demo_catalogue().products}
    for (product_id, format_), elements in of.items():
        written = texts_of(products[product_id], Moment(DEMO_BEGAN), format_)
        assert len({one["template"] for one in elements}) == CREATIVES_EACH[format_]
        assert len({one["headline_style"] for one in elements}) == min(CREATIVES_EACH[format_], len(written))


def test_all_are_approved_and_none_is_made_by_a_machine() -> None:
    creatives = demo_creatives(demo_catalogue())
    assert Counter(creative.approved_by for creative in creatives) == {"studio": 600, "catalogue": len(CREATIVES_EACH)}
    assert not any(creative.ai_generated for creative in creatives)
    assert len({creative.creative_id for creative in creatives}) == len(creatives) == 604


def test_ids_are_the_same_for_ever() -> None:
    assert demo_creatives(demo_catalogue())[0].creative_id == "c-eae20fee126ba9670c8a"
