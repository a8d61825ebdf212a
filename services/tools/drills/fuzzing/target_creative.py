"""The fuzzing target CreativeService: its four calls, with the shipped fakes of Triton, Redis and Kafka."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.demo import load_demo
from services.assets.memory_library import memory_creatives, memory_library
from services.catalogue.catalogue import DEMO_SHOP, demo_products, read_catalogue
from services.catalogue.facts_table import table_of
from services.common.clock import SystemClock, to_ms
from services.common.page_token import page_token
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.creative.assemble import Assembly, Clients, assemble
from services.creative.server import LARGEST_REQUEST_BYTES, SEED_METADATA, SERVICE, methods_of
from services.creative.settings import CreativeSettings
from services.features.memory_profiles import MemoryProfiles
from services.features.memory_store import MemoryStore
from services.models.fake_models import FakeModels
from services.policies.posterior import PRIOR
from services.tools.drills.fuzzing.call import Calls, Context
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_token import KEYS
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.ports import Delivery, OnDelivery

_CALLS: Final = ("SelectCreatives", "GetCreative", "ListCreatives", "GenerateCreatives")
_DEADLINES: Final = {b"": None, b"0": 0.0, b"-1": -1.0, b"5": 5.0, b"1e9": 1e9}
_PRODUCTS: Final = 4
_LARGEST_METADATA_BYTES: Final = 8 * 1024  # gRPC takes no more
_RECORDS_WITHIN_S: Final = 0.2


def creative_target(folder: Path) -> Target:
    """The target of the four calls."""
    service = CreativeService(folder)
    shapes = (Shape.KEPT, Shape.PROTOBUF, Shape.TEXT)
    return Target(
        "CreativeService", service.call, _seeds(), shapes, _dictionary(), LARGEST_REQUEST_BYTES, close=service.close
    )


@dataclass
class Topic:
    """A sink that decodes each decision record as its consumers do."""

    taken: int = 0
    refused: list[BaseException] = field(default_factory=list)

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Takes the record and confirms its delivery."""
        self.taken += 1
        try:
            now_ms = to_ms(SystemClock().now())
            decode(RawRecord(record.topic, 0, self.taken, now_ms, record.key, record.value, record.headers))
        except Exception as error:  # raised in the thread of requests, see `_check_records`
            self.refused.append(error)
        if on_delivery is not None:
            on_delivery(Delivery(record, 0, self.taken))

    def flush(self, timeout_s: float) -> None:
        """Nothing waits."""


class CreativeService:
    """The process with a few products, without its port and on the shipped fakes."""

    def __init__(self, folder: Path) -> None:
        self._topic = Topic()
        self._loop = asyncio.new_event_loop()
        self._assembly = assembly = _assembly(folder, self._topic)
        assembly.start()
        threading.excepthook = lambda args: self._topic.refused.append(args.exc_value or RuntimeError("a thread ended"))
        handler = grpc.method_handlers_generic_handler(SERVICE, methods_of(assembly.servicer))
        self._calls = Calls(handler, self._loop)
        for case in _seeds():  # the first ad that is made reads the screen's models, which is no later input's doing
            self.call(case)

    def close(self) -> None:
        """Ends the threads and the loop."""
        self._assembly.stop(1.0)
        self._loop.close()

    def call(self, case: Case) -> str:
        """One call, and its result by status and field; each selection must have a readable decision record."""
        call, value, seed, deadline = (*case, b"", b"", b"", b"")[:4]
        name = call.decode("latin-1") if call.decode("latin-1") in _CALLS else _CALLS[0]
        seed = seed[:_LARGEST_METADATA_BYTES]
        metadata = ((SEED_METADATA, seed.decode("latin-1")),) if seed else ()
        context = Context(metadata, _DEADLINES.get(deadline, 5.0))
        before = self._topic.taken
        answer = self._calls.answer(f"/{SERVICE}/{name}", value, context)
        if answer is None:
            return f"{name} {context.code.name} {context.details.partition(':')[0]}"
        if name == _CALLS[0]:
            self._check_records(pb.SelectCreativesResponse.FromString(answer), before)
        return f"{name} answered"

    def _check_records(self, answer: pb.SelectCreativesResponse, before: int) -> None:
        if not answer.selections:
            raise NotAllowed("a valid request was answered with nothing")
        until = time.monotonic() + _RECORDS_WITHIN_S
        while self._topic.taken < before + len(answer.selections) and time.monotonic() < until:
            time.sleep(0.0002)  # the outbox has a thread of its own; a repeated request makes no new records
        if self._topic.refused:
            raise NotAllowed("a decision record that nobody can read") from self._topic.refused.pop()


def _assembly(folder: Path, topic: Topic) -> Assembly:
    """The process as `main.py` assembles it, with a small library."""
    products = folder / "catalogue.csv"
    products.write_text("".join(DEMO_SHOP.read_text("utf-8").splitlines(keepends=True)[: 1 + _PRODUCTS]), "utf-8")
    settings = CreativeSettings(assets_dir=str(folder / "assets"), data_dir=folder / "data", allow_seeds=True)
    catalogue, creatives = read_catalogue(products), memory_creatives(SystemClock())
    library = memory_library(settings.assets_dir, catalogue.index.__contains__, SystemClock(), creatives)
    load_demo(library, catalogue)
    clients = Clients(
        SystemClock(),
        MemoryProfiles(MemoryStore()),
        FakeModels(),
        "ctr-fake",
        "generator-fake",
        lambda: topic,
        lambda: PRIOR,
        creatives=creatives,
        products=table_of((product.message for product in catalogue.products), catalogue.vocabulary),
    )
    return assemble(settings, clients, Secrets(PseudonymKey(1, b"p" * 32), KEYS, b"s" * 32))


def _seeds() -> list[Case]:
    """Valid requests of all four calls; those for a page with and without a seed of the caller's."""
    product = demo_products()[0].product_id
    made = pb.GenerateCreativesRequest(product_id=product, format="300x250", count=1, seed=-7, headline="Striped")
    wished = pb.GenerateCreativesRequest(product_id=product, format="728x90", audience=[0.5, -1, 0, 0, 0, 0, 0, 1])
    select = [(request.SerializeToString(), seed) for request in _pages(product) for seed in (b"", b"0" * 32)]
    others = [
        (_CALLS[1], pb.GetCreativeRequest(creative_id="house-300x250")),
        (_CALLS[1], pb.GetCreativeRequest(creative_id="house-320x480")),
        (_CALLS[2], pb.ListCreativesRequest(product_ids=[product], format="300x250", page_size=2)),
        (_CALLS[2], pb.ListCreativesRequest(page_token=page_token("c"), page_size=1000)),
        (_CALLS[3], made),
        (_CALLS[3], wished),
    ]
    return [
        *((_CALLS[0].encode(), value, seed, b"5") for value, seed in select),
        *((name.encode(), request.SerializeToString(), b"", b"5") for name, request in others),
    ]


def _pages(product: str) -> list[pb.SelectCreativesRequest]:
    """A page with all fields set, one with the fewest, and one with pictures in the answer."""
    page = pb.SelectCreativesRequest(
        request_id="r-1",
        user_id="alice",
        placements=[
            pb.Placement(placement_id="front", format="300x250", count=2),
            pb.Placement(placement_id="side", format="160x600"),
        ],
        context=pb.Context(locale="en-GB", device="phone", page="/tee", query="striped tee"),
        product_ids=[product],
        personalisation=pb.PERSONALISATION_ALLOWED,
    )
    page.context.time.FromDatetime(SystemClock().now())
    anyone = pb.SelectCreativesRequest(placements=[pb.Placement(placement_id="front", format="728x90", count=32)])
    pictures = pb.SelectCreativesRequest(
        user_id="bob", placements=[pb.Placement(placement_id="p", format="999x90")], inline_images=True
    )
    return [page, anyone, pictures]


def _dictionary() -> list[bytes]:
    tokens = [*_DEADLINES, b"300x250", b"9999x9999", b"10x9999", b"300x250\n", b"0x0", page_token("\0").encode()]
    tokens += [
        b"house-9999x10",
        b"house-",
        b"en-" + b"abcdefgh-" * 60,
        b"f" * 32,
        b"catalogue",
        b"phone",
        b"Line\nline",
    ]
    return [*tokens, *(product.product_id.encode() for product in demo_products()[:_PRODUCTS])]
