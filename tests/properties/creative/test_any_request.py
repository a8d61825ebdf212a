"""Whatever a request says, it is taken or refused by the name of a field; a refusal is short enough for a header."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.catalogue.catalogue import demo_catalogue
from services.common.errors import Rejected
from services.common.page_token import check_page_token, page_token
from services.creative.check import check_selection

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.just("x" * 700)
INTEGERS = st.integers(-(2**31), 2**31 - 1)
TIMES = st.builds(Timestamp, seconds=st.integers(-(2**63), 2**63 - 1), nanos=INTEGERS)
PLACES = st.builds(
    pb.Placement,
    placement_id=TEXTS,
    format=st.sampled_from(["300x250", "9999x9999", "300x250\n", "0x0"]) | TEXTS,
    count=st.integers(-2, 40) | INTEGERS,
)
REQUESTS = st.builds(
    pb.SelectCreativesRequest,
    request_id=TEXTS,
    user_id=TEXTS,
    context=st.builds(
        pb.Context,
        locale=st.just("en" + "-abcdefgh" * 9) | TEXTS,
        device=TEXTS,
        page=TEXTS,
        time=TIMES,
        utc_offset_minutes=INTEGERS,
    ),
    placements=st.lists(PLACES, max_size=20),
    product_ids=st.lists(st.just("tee-breton") | TEXTS, max_size=3),
)


@given(REQUESTS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_request_is_taken_or_refused_by_field(request: pb.SelectCreativesRequest) -> None:
    try:
        check_selection(request, demo_catalogue().index.__contains__, NOW)
    except Rejected as refused:
        assert refused.field
        assert str(refused).startswith(f"{refused.field}: ")
        assert "^" not in str(refused).split(" where ")[-1], "a pattern is no text for people"
        assert len(str(refused)) < 500


@given(TEXTS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_page_token_is_ours_or_refused(text: str) -> None:
    assert check_page_token(page_token(text)) == text
    try:
        assert not text or page_token(check_page_token(text)) == text
    except Rejected as refused:
        assert refused.field == "page_token"
