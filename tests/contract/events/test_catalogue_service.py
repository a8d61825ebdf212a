"""CatalogueService over real gRPC, with the topic in memory: what callers rely on, whatever carries the products."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as pb
from protos.gen.adloom.catalogue.v1.catalogue_service_pb2_grpc import CatalogueServiceStub
from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, OUT_OF_STOCK, Choice, Product
from services.catalogue.product_table import ProductTable
from services.common.clock import FixedClock
from services.common.errors import Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.topics import PRODUCTS
from services.events.catalogue_servicer import LATE, CatalogueServicer
from services.events.publish import Publisher
from services.events.server import CATALOGUE_SERVICE, Servicers, build_server
from services.events.servicer import EventServicer
from services.events.settings import EventsSettings
from services.runtime.health import Readiness
from services.wire.codec.decode import decode
from services.wire.codec.memory_sink import MemorySink
from tests.contract.events.campaign_parts import no_campaigns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OK, REJECTED = pb.PRODUCT_STATUS_OK, pb.PRODUCT_STATUS_REJECTED
INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND


@dataclass
class Endpoint:
    """A running CatalogueService and a caller at it."""

    channel: grpc.aio.Channel
    sink: MemorySink
    table: ProductTable
    is_whole: bool = True

    @property
    def stub(self) -> Any:
        return CatalogueServiceStub(self.channel)

    async def upsert(self, *products: Product) -> list[pb.ProductResult]:
        answer = await self.stub.UpsertProducts(pb.UpsertProductsRequest(products=products), timeout=10)
        self.follow()
        return list(answer.results)

    async def delete(self, *product_ids: str) -> list[pb.ProductResult]:
        answer = await self.stub.DeleteProducts(pb.DeleteProductsRequest(product_ids=product_ids), timeout=10)
        self.follow()
        return list(answer.results)

    async def get(self, product_id: str) -> Product:
        answer = await self.stub.GetProduct(pb.GetProductRequest(product_id=product_id), timeout=5)
        found: Product = answer.product
        return found

    async def pages(self, size: int) -> list[list[str]]:
        """The ids on each page, to the last one."""
        found, token = list[list[str]](), ""
        while not found or token:
            request = pb.ListProductsRequest(page_size=size, page_token=token)
            answer = await self.stub.ListProducts(request, timeout=5)
            found.append([product.product_id for product in answer.products])
            token = answer.next_page_token
        return found

    def follow(self) -> None:
        """Does what the follower does of itself: applies what lies on the topic."""
        for raw in self.sink.read(PRODUCTS):
            self.table.apply(raw)


@pytest_asyncio.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    clock, table = FixedClock(NOW), ProductTable()
    sink = MemorySink(clock)
    with ThreadPoolExecutor(2) as threads:
        made: list[Endpoint] = []
        catalogue = CatalogueServicer(Publisher(sink, threads, LATE), table, lambda: made[0].is_whole, clock)
        events = EventServicer(Publisher(sink, threads), PseudonymKey(1, b"test"), clock, lambda: "made")
        server = build_server(Servicers(events, catalogue, no_campaigns()), EventsSettings(), Readiness())
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            made.append(Endpoint(channel, sink, table))
            yield made[0]
        await server.stop(1)


def product(product_id: str = "tee", **fields: Any) -> Product:
    given = {"title": "Breton tee", "price_minor": 2900, "currency": "EUR", "availability": IN_STOCK}
    return Product(product_id=product_id, **{**given, **fields})


@pytest.mark.asyncio
async def test_a_product_that_is_ok_lies_on_the_topic_and_is_told_again(endpoint: Endpoint) -> None:
    tee = product(description=" 5 < 6 & more,\ntwo lines ", attributes={"gtin": "4006381333931"})
    (result,) = await endpoint.upsert(tee)
    assert (result.product_id, result.status, result.message) == ("tee", OK, "")
    (message,) = endpoint.sink.read(PRODUCTS)
    assert (message.key, decode(message).message) == (b"tee", tee)
    assert await endpoint.get("tee") == tee


@pytest.mark.asyncio
async def test_the_same_product_sent_again_is_the_same_event_and_another_price_is_another(endpoint: Endpoint) -> None:
    for price in (2900, 2900, 1900):
        await endpoint.upsert(product(price_minor=price))
    first, again, changed = [decode(raw).event_id for raw in endpoint.sink.read(PRODUCTS)]
    assert first == again != changed
    assert (await endpoint.get("tee")).price_minor == 1900


BAD_PRODUCTS = {
    "no id": (product(""), "product_id"),
    "an endless id": (product("x" * 129), "product_id"),
    "no title": (product(title=""), "title"),
    "a title of spaces": (product(title="  "), "title"),
    "a script in the title": (product(title="Tee <script>alert(1)</script>"), "title"),
    "markup in the description": (product(description="<p>Warm</p>"), "description"),
    "entities in a fact": (product(attributes={"gender": "men &amp; women"}), "attributes[gender]"),
    "a title that was no text": (product(title="Gr\ufffd\ufffde"), "title"),
    "an id with a space before it": (product(" tee"), "product_id"),
    "an id in two lines": (product("a\nb"), "product_id"),
    "a letter in two parts": (product(title="Gro\u0308sse"), "title"),
    "a bell in the description": (product(description="Ding\a"), "description"),
    "a link to a script": (product(link="javascript:alert(1)"), "link"),
    "a price of nothing": (product(price_minor=0), "price_minor"),
    "a price of 10^12": (product(price_minor=10**12), "price_minor"),
    "a currency in words": (product(currency="banana"), "currency"),
    "a currency of nobody": (product(currency="QQQ"), "currency"),
    "a sale that is dearer": (product(sale_price_minor=3000), "sale_price_minor"),
    "a sale that ends before it begins": (
        product(sale_price_minor=1, sale_from=Timestamp(seconds=9), sale_until=Timestamp(seconds=9)),
        "sale_until",
    ),
    "a moment that is none": (product(sale_from=Timestamp(seconds=10**15)), "sale_from"),
    "no word on the stock": (product(availability=0), "availability"),
    "a choice without an id": (product(choices=[Choice(price_minor=1, availability=IN_STOCK)]), "choices[0].choice_id"),
    "a choice whose sale begins never": (
        product(
            choices=[
                Choice(choice_id="s", price_minor=1, availability=IN_STOCK, sale_from=Timestamp(seconds=1, nanos=-1))
            ]
        ),
        "choices[0].sale_from",
    ),
    "more than a message holds": (
        product(choices=[Choice(choice_id=f"{n}", price_minor=1, availability=IN_STOCK, image_link="x" * 2000)
                         for n in range(600)]),
        "value",
    ),
    "an id that was there before": (product("before", title="Another"), "products[1].product_id"),
}  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("name", BAD_PRODUCTS)
async def test_a_bad_product_is_rejected_by_itself(endpoint: Endpoint, name: str) -> None:
    wrong, where = BAD_PRODUCTS[name]
    before, bad, after = await endpoint.upsert(product("before"), wrong, product("after"))
    assert (before.status, bad.status, after.status) == (OK, REJECTED, OK)
    assert bad.message.startswith(f"{where}: ")
    assert await endpoint.pages(10) == [["after", "before"]]
    assert (await endpoint.get("before")).title == "Breton tee"


@pytest.mark.asyncio
async def test_a_deleted_product_is_gone_and_an_unknown_one_is_no_error(endpoint: Endpoint) -> None:
    await endpoint.upsert(product("tee"), product("bag"))
    known, unknown, wrong = await endpoint.delete("tee", "hat", "")
    assert (known.status, unknown.status, wrong.status) == (OK, pb.PRODUCT_STATUS_UNKNOWN, REJECTED)
    assert (known.message, unknown.message.partition(":")[0]) == ("", "product_id")
    assert wrong.message.startswith("product_ids[2]: ''")
    ended = [raw.key for raw in endpoint.sink.read(PRODUCTS) if raw.value is None]
    assert sorted(filter(None, ended)) == [b"hat", b"tee"]  # hat may be in the catalogue's file
    assert await endpoint.pages(10) == [["bag"]]
    with pytest.raises(grpc.aio.AioRpcError, match="product_id: 'tee'") as caught:
        await endpoint.get("tee")
    assert caught.value.code() is NOT_FOUND


@pytest.mark.asyncio
async def test_pages_follow_the_ids_and_lose_nothing_to_changes_between_them(endpoint: Endpoint) -> None:
    assert await endpoint.pages(2) == [[]]
    await endpoint.upsert(*[product(name) for name in ("e", "b", "ü", "a", "d")])
    assert await endpoint.pages(2) == [["a", "b"], ["d", "e"], ["ü"]]
    first = await endpoint.stub.ListProducts(pb.ListProductsRequest(page_size=2), timeout=5)
    await endpoint.delete("b")
    await endpoint.upsert(product("c"))
    request = pb.ListProductsRequest(page_token=first.next_page_token)
    answer = await endpoint.stub.ListProducts(request, timeout=5)
    assert [one.product_id for one in answer.products] == ["c", "d", "e", "ü"]


@pytest.mark.asyncio
async def test_a_page_ends_before_it_is_larger_than_clients_take(endpoint: Endpoint) -> None:
    choices = [
        Choice(choice_id=f"{n}", price_minor=1, availability=IN_STOCK, image_link="x" * 2000) for n in range(450)
    ]
    for n in range(5):
        await endpoint.upsert(product(f"p{n}", choices=choices))  # 0.9 MB each
    assert await endpoint.pages(5) == [["p0", "p1", "p2"], ["p3", "p4"]]


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [0, 1001])
async def test_a_wrong_number_of_products_is_the_callers_error(endpoint: Endpoint, count: int) -> None:
    for call in (endpoint.upsert(*[product()] * count), endpoint.delete(*["tee"] * count)):
        with pytest.raises(grpc.aio.AioRpcError, match=f"'{count} products'") as caught:
            await call
        assert caught.value.code() is INVALID


@pytest.mark.asyncio
@pytest.mark.parametrize("token", ["?", "Yy0x"])
async def test_a_page_token_that_nobody_gave_is_the_callers_error(endpoint: Endpoint, token: str) -> None:
    with pytest.raises(
        grpc.aio.AioRpcError, match=f"page_token: '{token}'" if token != "?" else "page_token"
    ) as caught:
        await endpoint.stub.ListProducts(pb.ListProductsRequest(page_token=token), timeout=5)
    assert caught.value.code() is INVALID


@pytest.mark.asyncio
async def test_before_all_products_were_read_nobody_is_told_that_one_is_missing(endpoint: Endpoint) -> None:
    endpoint.is_whole = False
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await endpoint.get("tee")
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    (result,) = await endpoint.delete("tee")
    assert result.status == OK


@pytest.mark.asyncio
async def test_what_the_broker_does_not_confirm_is_not_ok(endpoint: Endpoint) -> None:
    endpoint.sink.failure = Unavailable("kafka", "away")
    (result,) = await endpoint.upsert(product(availability=OUT_OF_STOCK))
    (ended,) = await endpoint.delete("tee")
    assert result.status == ended.status == pb.PRODUCT_STATUS_UNAVAILABLE
    assert "away" in result.message


@pytest.mark.asyncio
async def test_health_and_reflection_know_both_services(endpoint: Endpoint) -> None:
    request = health_pb2.HealthCheckRequest(service=CATALOGUE_SERVICE)
    answer = await health_pb2_grpc.HealthStub(endpoint.channel).Check(request)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(endpoint.channel)
    names = {one.name async for told in stub.ServerReflectionInfo(asked) for one in told.list_services_response.service}
    assert {CATALOGUE_SERVICE, "adloom.events.v1.EventService"} <= names
