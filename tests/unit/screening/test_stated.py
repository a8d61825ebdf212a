"""What an ad says of the offer, in its words or in its picture, is recorded, so that it ends with it (law 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, Product
from services.catalogue.offer import NOTHING, Offer, offer_of, why_ended
from services.common.clock import to_ms
from services.copywriter.offer_words import Moment
from services.screening.asset import Asset, Grounds
from services.screening.judges import Given
from services.screening.policy import policy
from services.screening.screen import verdict_of
from tests.unit.screening.ads import NOON, banner, finished, grounds, judges


def row() -> Product:
    product = Product(
        product_id="tee", title="Breton tee", language="en", price_minor=4000, sale_price_minor=2000, currency="EUR",
        rating=4.8, rating_count=230, quantity=3, availability=IN_STOCK,
    )  # fmt: skip
    product.sale_until.FromDatetime(NOON + timedelta(days=3))
    return product


def stated_of(text: str) -> Any:
    found = verdict_of(Asset("words", body=text), Grounds(Moment(NOON), row()), Given(), policy())
    assert next(check for check in found.verdict.checks if check.check == "claims").passes, text
    return found.stated


@pytest.mark.parametrize(
    ("text", "change", "why"),
    [
        ("Now €20", {"sale_minor": 2100}, "price"),
        ("€40, now €20", {"regular": replace(offer_of(row()).regular, minor=4100)}, "price"),
        ("50% off", {"sale_minor": 2100}, "price"),
        ("Half price", {"sale_minor": 0}, "price"),
        ("5折", {"sale_minor": 2100}, "price"),
        ("On sale", {"sale_minor": 0}, "price"),
        ("50 % reduziert", {"sale_until_ms": to_ms(NOON)}, "price"),
        ("Until 1 December", {"sale_until_ms": to_ms(NOON + timedelta(days=9))}, "sale"),
        ("Rated 4.8 out of 5", {"rating_tenths": 47}, "rating"),
        ("4.8 stars", {"rating_tenths": 49}, "rating"),
        ("Highly rated", {"rating_tenths": 39}, "rating"),
        ("200+ reviews", {"rating_count": 199}, "rating"),
        ("Only 3 left", {"quantity": 2}, "stock"),
        ("Fewer than 5 left", {"quantity": 5}, "stock"),
    ],
)
def test_words_that_the_offer_bears_out_end_with_it(text: str, change: dict[str, Any], why: str) -> None:
    stated, offer, now_ms = stated_of(text), offer_of(row()), to_ms(NOON)
    assert not why_ended(offer, stated, now_ms)
    changed: Offer = replace(offer, **change)
    assert why_ended(changed, stated, now_ms) == why


def test_words_that_say_nothing_of_the_offer_rest_on_nothing_of_it() -> None:
    assert stated_of("A Breton tee for every day") == NOTHING
    assert why_ended(replace(offer_of(row()), rating_tenths=45), stated_of("Highly rated"), 0) == ""


def test_what_stands_in_a_picture_is_stated_as_words_are() -> None:
    found = verdict_of(finished(banner()), grounds(), judges(("Breton tee", "€29.00")), policy())
    assert found.verdict.passes
    assert found.stated.price is not None
    assert found.stated.price.minor == 2900
    other = verdict_of(finished(banner()), grounds(), judges(("Breton tee", "€19.00")), policy())
    assert [check.check for check in other.verdict.checks if not check.passes] == ["claims_seen"]
    assert other.stated == NOTHING
