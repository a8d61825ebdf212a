"""Whatever a request may name, its token goes into a click and an order, which EventService checks."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from protos.gen.adloom.creative.v1.creative_service_pb2 import Placement, SelectCreativesRequest
from protos.gen.adloom.events.v1.events_pb2 import Click, Order
from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.wire.codec.rules import check_fields

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = TokenKeys("1" * 32, {"1" * 32: b"k" * 32})
USER = "u9999-" + "0" * 32
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)


@given(NAMES, NAMES, st.integers(0, 31), st.floats(0, 1, exclude_min=True))
@example("\U0001f45f" * 128, "p", 31, 0.1)
@example("\x01" * 128, "\x01" * 128, 31, 1.2345678901234567e-300)
@example('"' * 128, "\\" * 128, 31, 1.0)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_every_accepted_requests_token_is_an_accepted_clicks(
    place: str, product_id: str, slot: int, propensity: float
) -> None:
    check_fields(SelectCreativesRequest(placements=[Placement(placement_id=place, format="300x250", count=32)]))
    shown = Token("i-" + "0" * 32, USER, "house-9999x9999", product_id, propensity, place, slot, to_ms(NOW))
    token = KEYS.sign(shown)
    check_fields(Click(user_id=USER, product_id=product_id, impression_token=token))
    check_fields(Order(user_id=USER, product_id=product_id, impression_token=token))
    assert KEYS.verify(token, NOW) == shown


def test_a_token_does_not_grow_with_the_alphabet_of_a_name() -> None:
    """Six characters for each letter outside ASCII, as JSON may write them, would be three times what UTF-8 takes."""
    shown = Token("i-1", USER, "c-1", "p-1", 0.5, "\u00e9" * 128, 0, to_ms(NOW))
    assert len(KEYS.sign(shown)) < 750
