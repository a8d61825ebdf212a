"""CatalogueService refuses any product by the name of a field, or readers of `ad.products` read it as it was given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import event, given
from hypothesis import strategies as st

from protos.gen.adloom.catalogue.v1.product_pb2 import Choice, Product
from services.catalogue.check_product import check_product
from services.catalogue.ports import Change
from services.catalogue.product_messages import Dated, read_change, record_of
from services.common.errors import Rejected
from services.wire.codec.envelope import Position, RawRecord

TEXT = st.sampled_from(["", "Größe", "a&amp;b", "<b>", "1 < 2", "\ufeff", "a\tb", "a\nb"]) | st.text(max_size=8)
NUMBER = st.sampled_from([0, 1, 2900, 10**12]) | st.integers(-(2**63), 2**63 - 1)
MOMENT = st.none() | st.builds(Timestamp, seconds=NUMBER, nanos=st.integers(-1, 2**31 - 1))
PRICED: dict[str, st.SearchStrategy[Any]] = {
    "price_minor": NUMBER,
    "sale_price_minor": NUMBER,
    "sale_from": MOMENT,
    "sale_until": MOMENT,
    "availability": st.integers(0, 5),
    "colour": TEXT,
}
OPTIONS = st.dictionaries(TEXT, TEXT, max_size=2)


def with_odd_fields(kind: Any, good: dict[str, Any], odd: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A good message, but for at most two fields: if more were odd, nearly none would be taken."""
    one = st.sampled_from(sorted(odd)).flatmap(lambda name: st.tuples(st.just(name), odd[name]))
    return st.lists(one, max_size=2).map(lambda fields: kind(**{**good, **dict(fields)}))


CHOICES = with_odd_fields(
    Choice,
    {"choice_id": "s", "price_minor": 2900, "availability": 1},
    {"choice_id": TEXT, "options": OPTIONS, **PRICED},
)
PRODUCTS = with_odd_fields(
    Product,
    {"product_id": "tee", "title": "Tee", "price_minor": 2900, "currency": "EUR", "availability": 1},
    {
        "product_id": TEXT,
        "title": TEXT,
        "description": TEXT,
        "currency": TEXT,
        "attributes": OPTIONS,
        "choices": st.lists(CHOICES, max_size=2),
        **PRICED,
    },
)


@given(PRODUCTS)
def test_any_product_is_refused_by_field_or_read_as_given(product: Product) -> None:
    try:
        check_product(product)
    except Rejected as refused:
        event("refused")
        assert refused.field
        return
    event("taken")
    record = record_of(Change(product.product_id, product), "v", datetime(2026, 3, 1, tzinfo=UTC))
    found = read_change(RawRecord(record.topic, 0, 0, 1, record.key, record.value, record.headers))
    assert found == Dated(Change(product.product_id, product), Position(0, 0, 1))
