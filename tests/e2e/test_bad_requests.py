"""Every kind of bad request is answered with its mistake: status code, field, value, and what was expected."""

from __future__ import annotations

from typing import Any, NamedTuple

import grpc
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1 import event_service_pb2 as events
from protos.gen.adloom.events.v1.event_service_pb2_grpc import EventServiceStub
from tests.e2e.conftest import Outside

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PLACE = {"placement_id": "front", "format": "300x250", "count": 1}


class Bad(NamedTuple):
    """One wrong request and what its sender must be told."""

    name: str
    method: str
    request: Any
    code: grpc.StatusCode
    names: str  # the field that the message must name


def select(**fields: Any) -> pb.SelectCreativesRequest:
    return pb.SelectCreativesRequest(**{"user_id": "alice", "placements": [PLACE], **fields})


BAD = (
    Bad("no placements", "SelectCreatives", select(placements=[]), INVALID, "placements"),
    Bad("a wrong format", "SelectCreatives", select(placements=[{**PLACE, "format": "big"}]), INVALID, "format"),
    Bad("a negative count", "SelectCreatives", select(placements=[{**PLACE, "count": -1}]), INVALID, "count"),
    Bad("an absurd count", "SelectCreatives", select(placements=[{**PLACE, "count": 1000}]), INVALID, "count"),
    Bad(
        "a nameless place",
        "SelectCreatives",
        select(placements=[{**PLACE, "placement_id": ""}]),
        INVALID,
        "placement_id",
    ),
    Bad("one place twice", "SelectCreatives", select(placements=[PLACE, PLACE]), INVALID, "placement"),
    Bad("an unknown product", "SelectCreatives", select(product_ids=["nobody-sells-this"]), INVALID, "product_ids"),
    Bad("a wrong device", "SelectCreatives", select(context={"device": "toaster"}), INVALID, "device"),
    Bad("a wrong locale", "SelectCreatives", select(context={"locale": "!!"}), INVALID, "locale"),
    Bad("an absurd time", "SelectCreatives", select(context={"time": {"seconds": 1}}), INVALID, "time"),
    Bad("an endless user", "SelectCreatives", select(user_id="x" * 300), INVALID, "user_id"),
    Bad("an endless page", "SelectCreatives", select(context={"page": "x" * 600}), INVALID, "page"),
    Bad("no creative", "GetCreative", pb.GetCreativeRequest(), INVALID, "creative_id"),
    Bad(
        "unknown creative", "GetCreative", pb.GetCreativeRequest(creative_id="nope"), grpc.StatusCode.NOT_FOUND, "nope"
    ),
    Bad("a forged page token", "ListCreatives", pb.ListCreativesRequest(page_token="?"), INVALID, "page_token"),
    Bad("an absurd page", "ListCreatives", pb.ListCreativesRequest(page_size=99999), INVALID, "page_size"),
    Bad(
        "a picture of nothing",
        "GenerateCreatives",
        pb.GenerateCreativesRequest(product_id="nobody-sells-this", format="300x250"),
        INVALID,
        "product_id",
    ),
    Bad(
        "an absurd audience",
        "GenerateCreatives",
        pb.GenerateCreativesRequest(product_id="tee-breton", format="300x250", audience=[9.0]),
        INVALID,
        "audience",
    ),
)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_request_is_answered_with_its_mistake(outside: Outside, bad: Bad) -> None:
    with grpc.insecure_channel(outside.running.creative) as channel, pytest.raises(grpc.RpcError) as refused:
        getattr(CreativeServiceStub(channel), bad.method)(bad.request, timeout=5)
    assert refused.value.code() == bad.code, refused.value.details()
    assert bad.names in refused.value.details()


def test_a_request_that_is_no_protobuf_is_refused(outside: Outside) -> None:
    with grpc.insecure_channel(outside.running.creative) as channel, pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary("/adloom.creative.v1.CreativeService/SelectCreatives")(b"\xff\xff\xff", timeout=5)
    assert refused.value.code() == INVALID
    with grpc.insecure_channel(outside.running.creative) as channel:  # and the service goes on
        assert CreativeServiceStub(channel).SelectCreatives(select(), timeout=5).selections


def test_bad_events_are_answered_one_by_one(outside: Outside) -> None:
    request = events.PublishEventsRequest(
        events=[
            {"view": {"user_id": "alice", "product_id": "tee-breton"}},
            {"view": {"user_id": "alice", "product_id": ""}},
            {"order": {"user_id": "alice", "product_id": "tee-breton", "currency": "euro"}},
            {},
        ]
    )
    with grpc.insecure_channel(outside.running.events) as channel:
        results = EventServiceStub(channel).PublishEvents(request, timeout=10).results
    assert [r.status for r in results] == [1, 2, 2, 2]
    assert "product_id" in results[1].message
    assert "currency" in results[2].message


def test_more_placements_than_creatives_are_filled_by_the_house_creative(outside: Outside) -> None:
    request = select(placements=[{**PLACE, "count": 32}], product_ids=["tee-breton"])
    with grpc.insecure_channel(outside.running.creative) as channel:
        selections = CreativeServiceStub(channel).SelectCreatives(request, timeout=5).selections
    assert len(selections) == 32
    filled = [s for s in selections if "candidates" in s.degraded]
    assert filled
    assert all(not s.product_id and s.propensity == 1 for s in filled)
