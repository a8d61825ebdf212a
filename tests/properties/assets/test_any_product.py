"""Of any product that messages can hold, ads say what is true of it and can be read, or are not made."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability, Product
from services.assets.ads import ads_of
from services.assets.demo import CREATIVES_EACH
from services.assets.stated import stated_in
from services.catalogue.offer import offer_of, why_ended
from services.common.clock import to_ms
from services.composer.compose import composed
from services.copywriter.offer_words import Moment

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LETTERS = st.characters(exclude_categories=("Cs", "Cc"))


@st.composite
def products(draw: st.DrawFn) -> Product:
    price = draw(st.integers(1, 10**12 - 1))
    one = Product(
        product_id=draw(st.text(LETTERS, min_size=1, max_size=20)),
        title=draw(st.text(LETTERS, min_size=1, max_size=150)),
        description=draw(st.text(LETTERS, max_size=200)),
        material=draw(st.text(LETTERS, max_size=40)),
        colour=draw(st.text(LETTERS, max_size=20)),
        price_minor=price,
        sale_price_minor=draw(st.integers(0, price - 1)),
        currency=draw(st.sampled_from(["EUR", "JPY", "KWD", "CNY", "RUB"])),
        language=draw(st.sampled_from(["", "en", "de-AT", "zh-Hant", "ar", "tlh", "xx-YY", "pt_BR"])),
        rating=draw(st.floats(0.01, 5)),
        rating_count=draw(st.integers(0, 10**9)),
        quantity=draw(st.integers(1, 20)),
        availability=Availability.IN_STOCK,
    )
    if draw(st.booleans()):
        one.sale_until.FromDatetime(NOW + timedelta(days=draw(st.integers(-3, 3000))))
    return one


@settings(max_examples=40, deadline=None)
@given(products())
def test_ads_hold_what_they_state_and_are_drawn_or_refused_with_a_reason(product: Product) -> None:
    for draft, brief in ads_of(product, CREATIVES_EACH, Moment(NOW)):
        stated = stated_in(draft.lineage, draft.price)
        assert why_ended(offer_of(product), stated, to_ms(NOW)) == ""
        made = composed(brief)
        assert made.verdict.passes == bool(made.content)
