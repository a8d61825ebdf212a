"""Headlines say what the product's row says, and nothing else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.offer import NOTHING, Stated, offer_of, why_ended
from services.copywriter.headlines import HEADLINE_STYLES, Moment, headlines, style_of
from services.copywriter.phrases import WORDS

NOON = Moment(datetime(2026, 11, 28, 12, tzinfo=UTC))
UNTIL = datetime(2026, 12, 31, 23, tzinfo=UTC)


def product(**fields: object) -> Product:
    base: dict[str, object] = {"product_id": "p", "title": "Canvas high-top", "language": "en", "price_minor": 4500}
    return Product(**{**base, "currency": "EUR", "availability": 1, **fields})  # type: ignore[arg-type]


def on_sale(**fields: object) -> Product:
    made = product(sale_price_minor=3900, **fields)
    made.sale_until.FromDatetime(UNTIL)
    return made


def rated(tenths: int, count: int) -> Stated:
    return Stated(rating_tenths=tenths, rating_count_from=count)


def said(made: Product, moment: Moment = NOON) -> dict[str, tuple[str, Stated]]:
    return {one.style: (one.text, one.stated) for one in headlines(made, moment)}


def test_a_row_without_fields_has_its_title_alone() -> None:
    assert said(product()) == {"plain": ("Canvas high-top", NOTHING)}


@pytest.mark.parametrize(
    ("fields", "style", "claim", "stated"),
    [
        ({"rating": 4.66, "rating_count": 213}, "social", "4.6 of 5 from 200+ reviews", rated(46, 200)),
        ({"rating": 4.0, "rating_count": 12}, "social", "4 of 5 from 12 reviews", rated(40, 12)),
        ({"quantity": 9}, "urgency", "Fewer than 10 left", Stated(quantity_below=10)),
        ({"material": "Canvas/Rubber"}, "benefit", "Canvas, Rubber", NOTHING),
        ({"description": "Warm, and dry."}, "benefit", "Warm", NOTHING),
        ({"description": "Product details\nWarm, and dry."}, "benefit", "Warm", NOTHING),
        ({"material": "Wool", "attributes": {"product_highlight": "Stays warm"}}, "benefit", "Stays warm", NOTHING),
    ],
)  # fmt: skip
def test_each_claim_is_made_of_its_fields(fields: dict[str, object], style: str, claim: str, stated: Stated) -> None:
    assert said(product(**fields))[style] == (f"{claim}: Canvas high-top", stated)


@pytest.mark.parametrize(
    "fields",
    [
        {"rating": 3.9, "rating_count": 900},
        {"rating": 4.9, "rating_count": 4},
        {"rating": 4.9},
        {"rating_count": 900},
        {"quantity": 10},
        {"quantity": 0},
        {"sale_price_minor": 3900},
        {"description": "A very long first clause that goes on and on and leaves no room at all for a title."},
        {"material": "Canvas"},
        {"description": "See the canvas high-top. It is warm."},
        {"material": "帆布"},
        {"description": "Tired of cold feet? So are we."},
        {"description": "High-top of white canvas, and soft."},
        {"description": "With a soft, wide sole."},
    ],
)
def test_what_says_too_little_for_a_claim_makes_none(fields: dict[str, object]) -> None:
    assert said(product(**fields)).keys() == {"plain"}


def test_a_sale_is_told_with_its_last_day_where_the_shop_is() -> None:
    stated = Stated(sale_until_ms=int(UNTIL.timestamp() * 1000))
    assert said(on_sale())["urgency"] == ("Sale until Dec 31, 2026: Canvas high-top", stated)
    far_east = Moment(NOON.now, ZoneInfo("Asia/Tokyo"))
    assert said(on_sale(language="de"), far_east)["urgency"][0] == "Angebot bis 01.01.2027: Canvas high-top"
    assert said(on_sale(), Moment(UNTIL)).keys() == {"plain"}


@pytest.mark.parametrize("language", [*WORDS, "fi"])
def test_every_headline_is_read_in_the_style_that_it_was_written_in(language: str) -> None:
    fields = {"rating": 4.6, "rating_count": 213, "material": "Wool", "language": language}
    for made in (product(quantity=3, **fields), on_sale(**fields)):
        found = headlines(made, NOON)
        assert [style_of(one.text) for one in found] == [one.style for one in found]
        assert {one.style for one in found} == set(HEADLINE_STYLES) - ({"urgency"} if language == "fi" else set())


def test_all_that_the_demo_says_holds_for_its_feed() -> None:
    for one in demo_catalogue().products:
        for headline in headlines(one.message, NOON):
            assert why_ended(offer_of(one.message), headline.stated, int(NOON.now.timestamp() * 1000)) == ""
