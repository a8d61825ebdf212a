"""The demo's creatives."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from services.assets.demo import CREATIVES_EACH, demo_creatives, demo_drafts
from services.catalogue.catalogue import demo_catalogue


def test_every_product_has_creatives_in_every_format() -> None:
    catalogue = demo_catalogue()
    count = Counter((draft.product_id, draft.format) for draft, _ in demo_drafts(catalogue))
    assert count == {(p.product_id, form): n for p in catalogue.products for form, n in CREATIVES_EACH.items()}


def test_creatives_of_a_product_differ_in_style_and_template() -> None:
    of = defaultdict[tuple[str, str], list[Mapping[str, str]]](list)
    for draft, _ in demo_drafts(demo_catalogue()):
        of[draft.product_id, draft.format].append(draft.elements)
    for (_, format_), elements in of.items():
        styles, templates = ({one[name] for one in elements} for name in ("headline_style", "template"))
        assert min(len(styles), len(templates)) >= min(
            CREATIVES_EACH[format_], 3
        )  # not all templates do without a picture


def test_all_are_approved_and_none_is_made_by_a_machine() -> None:
    creatives = demo_creatives(demo_catalogue())
    assert Counter(creative.approved_by for creative in creatives) == {"studio": 600, "catalogue": len(CREATIVES_EACH)}
    assert not any(creative.ai_generated for creative in creatives)
    assert len({creative.creative_id for creative in creatives}) == len(creatives) == 604


def test_ids_are_the_same_for_ever() -> None:
    assert demo_creatives(demo_catalogue())[0].creative_id == "c-43f05d317137bf1521e3"
