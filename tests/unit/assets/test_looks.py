"""How the elements of ads are spread, so that each can be credited by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import Setup, all_ads_of
from services.assets.looks import Look, looks_of
from services.composer.templates.read_template import templates
from services.copywriter.offer_words import Moment
from services.copywriter.styles import STYLES, Style
from tests.unit.studio.bench import NOON

SHOP = 2_000
FOUR = 4  # ads of a product in a format
CRITICAL = 4.0
"""Standard deviations: one of a few hundred counts lies outside by chance with less than 3 %."""


@pytest.fixture(scope="module")
def first_looks() -> list[tuple[Style, Look]]:
    return [pair for number in range(SHOP) for pair in looks_of(f"p{number}", "300x250")[:FOUR]]


def deviations(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """How far the number of each pair lies from that of independent elements, in standard deviations."""
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    both, total = Counter(pairs), len(pairs)
    expected = {(one, other): ones[one] * others[other] / total for one in ones for other in others}
    return [(both[pair] - count) / count**0.5 for pair, count in expected.items()]


def test_each_style_and_template_comes_equally_often_and_neither_tells_of_the_other(
    first_looks: list[tuple[Style, Look]],
) -> None:
    share = len(first_looks) / len(STYLES)
    styles = Counter(style for style, _ in first_looks)
    assert all(abs(styles[style] - share) < CRITICAL * share**0.5 for style in STYLES)
    assert max(map(abs, deviations([(style, look.template) for style, look in first_looks]))) < CRITICAL


def test_colours_and_backdrop_follow_neither_the_style_nor_each_other(first_looks: list[tuple[Style, Look]]) -> None:
    for template in templates():
        own = [(style, look) for style, look in first_looks if look.template == template]
        assert max(map(abs, deviations([(style, look.palette) for style, look in own]))) < CRITICAL
        assert max(map(abs, deviations([(look.backdrop, look.palette) for _, look in own]))) < CRITICAL


def test_a_style_that_suits_the_brand_comes_first_more_often_and_never_alone() -> None:
    suiting: tuple[Style, ...] = ("question",)
    firsts = Counter(looks_of(f"p{number}", "300x250", suiting)[0][0] for number in range(SHOP))
    assert firsts["question"] > 2 * firsts["benefit"] > 0


def test_a_fact_more_changes_no_other_ad() -> None:
    said = {
        "product_id": "p",
        "title": "Waxed apron",
        "language": "en",
        "price_minor": 900,
        "currency": "EUR",
        "availability": 1,
    }
    moment = Moment(NOON)

    def identities(product: Product) -> set[tuple[str, str]]:
        ads = islice(all_ads_of(product, "300x250", Setup(moment)), 200)
        return {(draft.headline, draft.recipe) for draft, _ in ads}

    assert identities(Product(**said)) < identities(Product(**said, rating=4.6, rating_count=90))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"attributes": {"illustration": "mug/dipped"}}, "drawing"),
        ({}, "none"),
        ({"attributes": {"illustration": "no/such"}}, "none"),
    ],
)
def test_a_drawing_stands_for_a_photo_only_where_the_row_names_one(fields: dict[str, object], kind: str) -> None:
    row = {"product_id": "p", "title": "Mug", "product_type": "Home > Mugs", "price_minor": 900, "currency": "EUR"}
    ads = all_ads_of(Product(**{**row, **fields}), "300x250", Setup(Moment(NOON)))  # type: ignore[arg-type]
    assert {draft.elements["photo"] for draft, _ in islice(ads, 20)} == {kind}
