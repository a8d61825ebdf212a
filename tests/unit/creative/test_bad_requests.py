"""Every kind of bad request is told its own mistake: the status code, the field, the value and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.creative.server import LARGEST_REQUEST_BYTES, SERVICE
from tests.unit.creative.house import House, page

INVALID = grpc.StatusCode.INVALID_ARGUMENT


class Bad(NamedTuple):
    """One wrong request and what its sender must be told."""

    name: str
    method: str
    request: Any
    code: grpc.StatusCode
    says: Sequence[str]  # the field, and the value where it may be shown


def placement(**fields: Any) -> pb.Placement:
    return pb.Placement(**{"placement_id": "top", "format": "300x250", "count": 1, **fields})


def at(**fields: Any) -> pb.Context:
    return pb.Context(time=Timestamp(**fields))


def generate(**fields: Any) -> pb.GenerateCreativesRequest:
    return pb.GenerateCreativesRequest(**{"product_id": "boot-chelsea", "format": "300x250", **fields})


SELECT = [
    ("no place", page(placements=[]), ["placements"]),
    ("seventeen places", page(placements=[placement(placement_id=str(n)) for n in range(17)]), ["placements"]),
    ("a place without a name", page(placements=[placement(placement_id="")]), ["placements[0].placement_id"]),
    ("a place with a long name", page(placements=[placement(placement_id="x" * 129)]), ["placements[0].placement_id"]),
    ("one place twice", page(placements=[placement(), placement()]), ["placements[1].placement_id", "top"]),
    ("no format", page(placements=[placement(format="")]), ["placements[0].format"]),
    ("a format in words", page(placements=[placement(format="big")]), ["placements[0].format", "big"]),
    ("a format of zero width", page(placements=[placement(format="0x250")]), ["placements[0].format", "0x250"]),
    ("a negative count", page(placements=[placement(count=-1)]), ["placements[0].count", "-1"]),
    ("an absurd count", page(placements=[placement(count=33)]), ["placements[0].count", "33"]),
    ("a long user id", page(user_id="x" * 257), ["user_id", "(not shown)"]),
    ("a long request id", page(request_id="x" * 129), ["request_id"]),
    ("an unknown product", page(product_ids=["boot-chelsea", "teapot"]), ["product_ids[1]", "teapot"]),
    ("a product without a name", page(product_ids=[""]), ["product_ids[0]"]),
    ("too many products", page(product_ids=["boot-chelsea"] * 257), ["product_ids"]),
    ("an unknown device", page(context=pb.Context(device="fridge")), ["context.device", "fridge"]),
    ("a malformed locale", page(context=pb.Context(locale="???")), ["context.locale", "???"]),
    ("a long page", page(context=pb.Context(page="x" * 513)), ["context.page"]),
    ("a long query", page(context=pb.Context(query="x" * 513)), ["context.query"]),
    ("an absurd offset", page(context=pb.Context(utc_offset_minutes=1081)), ["context.utc_offset_minutes", "1081"]),
    ("an offset in seconds", page(context=pb.Context(utc_offset_minutes=-28800)), ["utc_offset_minutes", "-28800"]),
    ("another century", page(context=at(seconds=1)), ["context.time", "1970"]),
    ("the far future", page(context=at(seconds=9_000_000_000)), ["context.time", "2255"]),
    ("a time that is none", page(context=at(seconds=10**17)), ["context.time"]),
    ("an unknown consent", page(personalisation=9), ["personalisation", "9"]),
]
OTHERS = [
    ("GetCreative", "no id", pb.GetCreativeRequest(), ["creative_id"]),
    (
        "ListCreatives",
        "an unknown product",
        pb.ListCreativesRequest(product_ids=["teapot"]),
        ["product_ids[0]", "teapot"],
    ),
    ("ListCreatives", "a format in words", pb.ListCreativesRequest(format="big"), ["format", "big"]),
    ("ListCreatives", "a negative page", pb.ListCreativesRequest(page_size=-1), ["page_size", "-1"]),
    ("ListCreatives", "an absurd page", pb.ListCreativesRequest(page_size=1001), ["page_size", "1001"]),
    ("ListCreatives", "a forged page token", pb.ListCreativesRequest(page_token="?"), ["page_token", "?"]),
    ("ListCreatives", "a guessed page token", pb.ListCreativesRequest(page_token="Yy0x"), ["page_token", "Yy0x"]),
    ("GenerateCreatives", "an unknown product", generate(product_id="teapot"), ["product_id", "teapot"]),
    ("GenerateCreatives", "no product", generate(product_id=""), ["product_id"]),
    ("GenerateCreatives", "a format nobody draws", generate(format="999x40"), ["format", "999x40"]),
    ("GenerateCreatives", "an absurd count", generate(count=17), ["count", "17"]),
    ("GenerateCreatives", "an absurd audience", generate(audience=[0.0, 1.5]), ["audience[1]", "1.5"]),
    ("GenerateCreatives", "too wide an audience", generate(audience=[0.0] * 9), ["audience"]),
]
BAD = [Bad(name, "SelectCreatives", request, INVALID, says) for name, request, says in SELECT]
BAD += [Bad(name, method, request, INVALID, says) for method, name, request, says in OTHERS]
BAD += [
    Bad(
        "nothing of that id",
        "GetCreative",
        pb.GetCreativeRequest(creative_id="c-0"),
        grpc.StatusCode.NOT_FOUND,
        ["c-0"],
    )
]


@pytest.mark.parametrize("bad", BAD, ids=[f"{bad.method}: {bad.name}" for bad in BAD])
@pytest.mark.asyncio
async def test_a_bad_request_is_answered_with_its_mistake(house: House, bad: Bad) -> None:
    async with house.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await getattr(stub, bad.method)(bad.request, timeout=5)
    assert refused.value.code() is bad.code, refused.value.details()
    assert all(word in refused.value.details() for word in bad.says), refused.value.details()
    assert "was expected" in refused.value.details()
    assert house.records() == []


@pytest.mark.asyncio
async def test_bytes_that_are_no_message_are_the_callers_mistake(house: House) -> None:
    async with house.served() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await channel.unary_unary(f"/{SERVICE}/SelectCreatives")(b"\xff\xff\xff", timeout=5)
    assert refused.value.code() is INVALID
    assert "request: '3 bytes' where a adloom.creative.v1.SelectCreativesRequest" in refused.value.details()


@pytest.mark.asyncio
async def test_text_that_is_no_utf_8_is_the_callers_mistake(house: House) -> None:
    async with house.served() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await channel.unary_unary(f"/{SERVICE}/SelectCreatives")(b"\x12\x02\xff\xfe", timeout=5)
    assert refused.value.code() is INVALID


@pytest.mark.asyncio
async def test_an_oversize_request_is_refused_by_its_size(house: House) -> None:
    request = page(product_ids=["x" * 128] * 3000)
    assert request.ByteSize() > LARGEST_REQUEST_BYTES
    async with house.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.SelectCreatives(request, timeout=5)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert str(LARGEST_REQUEST_BYTES) in refused.value.details()


@pytest.mark.parametrize(("allowed", "seed"), [(False, "5eed" * 8), (True, "not hex"), (True, "5eed")])
@pytest.mark.asyncio
async def test_a_seed_is_refused_where_it_is_not_allowed_or_is_none(house: House, allowed: bool, seed: str) -> None:
    house.settings = {"allow_seeds": allowed}
    async with house.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.SelectCreatives(page(), timeout=5, metadata=[("adloom-seed", seed)])
    assert refused.value.code() is (INVALID if allowed else grpc.StatusCode.PERMISSION_DENIED)
    assert "adloom-seed" in refused.value.details()


@pytest.mark.parametrize(
    ("allowed", "name", "code"),
    [
        (True, "catalogue", INVALID),
        (True, " Catalogue ", INVALID),
        (False, "catalogue", INVALID),
        (False, "ada", grpc.StatusCode.PERMISSION_DENIED),
        (False, " ", grpc.StatusCode.PERMISSION_DENIED),
    ],
)
@pytest.mark.asyncio
async def test_an_approval_over_the_network_is_refused_where_it_is_not_allowed_or_in_the_catalogues_name(
    house: House, allowed: bool, name: str, code: grpc.StatusCode
) -> None:
    house.settings = {"allow_approvals": allowed}
    async with house.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GenerateCreatives(generate(approved_by=name), timeout=20)
    assert refused.value.code() is code
    assert "approved_by" in refused.value.details()
    assert repr(name) in refused.value.details()
    assert house.models.called == []


@pytest.mark.asyncio
async def test_an_unknown_call_is_told_apart(house: House) -> None:
    async with house.served() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await channel.unary_unary(f"/{SERVICE}/ChooseCreatives")(b"", timeout=5)
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.asyncio
async def test_what_is_odd_but_allowed_is_answered(house: House) -> None:
    """No user, no request id, an undrawn format, a count of 0, a time within the year, one product twice."""
    request = pb.SelectCreativesRequest(
        placements=[placement(placement_id="a", count=0), placement(placement_id="b", format="999x111", count=2)],
        product_ids=["boot-chelsea", "boot-chelsea"],
    )
    request.context.time.GetCurrentTime()
    request.context.time.seconds -= 300 * 86400
    async with house.asked() as stub:
        answer = await stub.SelectCreatives(request, timeout=5)
    assert [s.placement_id for s in answer.selections] == ["a", "b", "b"]
    assert [s.creative_id for s in answer.selections[1:]] == ["house-999x111"] * 2
    assert all("candidates" in s.degraded for s in answer.selections[1:])
    assert answer.request_id
