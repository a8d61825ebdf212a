"""Of any text, claims are found without an error, and each stands in the text where it says."""

import unicodedata
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.copywriter.offer_words import Moment
from services.copywriter.texts import texts_of
from services.screening.claims.check import check_of, claims_in

NOW = Moment(datetime(2026, 11, 28, 12, tzinfo=UTC))
PIECES = st.sampled_from(
    ["1.299,00", "１２", "5折", "百分之", "三十", "€", "% off", "24 ", "Dec ", "31.", "月日", "万", "½", "²", "①", "٣",
     "of 5", "best ", "最", "\u200b", "ß", "İ", "only ", "left", " ", "-", "kg", "★★★★", "，"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@settings(max_examples=300, deadline=None)
@given(texts, texts)
def test_claims_of_any_text_stand_in_it(text: str, description: str) -> None:
    row = Product(title="Tee", description=description, price_minor=1000, currency="EUR", availability="IN_STOCK")
    found = claims_in(text, row, NOW, (description,))
    assert all(0 <= start < end <= len(text) for start, end in (claim.span for claim in found))
    assert check_of(found).passes == all(claim.supported_by for claim in found)


@settings(max_examples=200, deadline=None)
@given(texts, texts, texts)
def test_of_any_row_texts_are_written_without_control_characters(title: str, description: str, material: str) -> None:
    row = Product(title=title, description=description, material=material, price_minor=1000, availability="IN_STOCK")
    for made in texts_of(row, NOW, "300x250"):
        assert made.headline.strip()
        assert not [letter for letter in made.headline + made.body if unicodedata.category(letter) == "Cc"]
