"""What `ad.products` says is what every replica advertises: a running one at once, a new one from its start."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from protos.gen.adloom.catalogue.v1 import product_pb2
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.catalogue.catalogue import demo_products
from services.common.topics import PRODUCTS
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.integration.creative.conftest import Service
from tests.waiting import wait_for

ENDED = ("tee-breton", "tee-surf", "tee-merino")


def offered(product_id: str, **fields: object) -> Record:
    """The demo's product as its feed has it, but for `fields`."""
    product = product_pb2.Product()
    product.CopyFrom(next(one for one in demo_products() if one.product_id == product_id))
    product.MergeFrom(product_pb2.Product(**fields))  # type: ignore[arg-type]
    return encode(product, event_id=uuid.uuid4().hex, source="test", time=datetime.now(UTC), key=product_id.encode())


def shown(service: Service) -> set[str]:
    """Which of the products an answer shows that may show this product alone."""
    placement = pb.Placement(placement_id="top", format="300x250")
    requests = [
        pb.SelectCreativesRequest(
            request_id=uuid.uuid4().hex, user_id=uuid.uuid4().hex, placements=[placement], product_ids=[product_id]
        )
        for product_id in ENDED
    ]
    return {service.stub.SelectCreatives(request, timeout=5).selections[0].product_id for request in requests} - {""}


def test_sold_out_another_price_and_gone_end_the_ads_of_every_replica(
    service: Service, parts: RunningStack, demo: Path, tmp_path: Path
) -> None:
    producer = Producer(ProducerSettings(parts.kafka))
    assert shown(service) == set(ENDED)
    try:
        producer.send(offered("tee-breton", availability=product_pb2.OUT_OF_STOCK))
        producer.send(offered("tee-surf", price_minor=99_00))
        producer.send(Record(PRODUCTS, b"tee-merino", None, ()))
        producer.flush(30)
        wait_for("the running replica shows none of them", lambda: not shown(service))
        other = Service(parts, demo, {"ADLOOM_DATA_DIR": str(tmp_path)}).start()
        try:
            assert not shown(other)
        finally:
            assert other.end() == 0
    finally:
        for product_id in ENDED:
            producer.send(offered(product_id))
        producer.flush(30)
        producer.close(5)
    wait_for("they are offered again", lambda: shown(service) == set(ENDED))
