"""The real creative-service as a process of its own, on real Kafka, Redis and Triton."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.assets.demo import load_demo
from services.assets.open_library import stored_library
from services.catalogue.catalogue import demo_catalogue, demo_products
from services.catalogue.kafka_products import KafkaProducts
from services.catalogue.ports import Change
from services.common.clock import SystemClock
from services.common.topics import IMPRESSIONS
from services.sdk.creative_channel import channel_to
from services.tools.stack.addresses import any_free_port
from services.tools.stack.health_endpoint import HealthEndpoint
from services.tools.stack.session import RunningStack
from services.wire.codec.decode import decode
from services.wire.kafka.reader import read_to_end
from tests.conftest import stack_environ
from tests.waiting import wait_for


@dataclass
class Service:
    """One run of the process."""

    parts: RunningStack
    folder: Path
    overrides: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=any_free_port)
    health: int = field(default_factory=any_free_port)

    def start(self) -> Service:
        """Starts it and waits until it says that it is ready."""
        environ = {
            **stack_environ(),
            **self.parts.environ(),
            "ADLOOM_ASSETS_DIR": str(self.folder / "assets"),
            "ADLOOM_DATA_DIR": str(self.folder / "data"),
            "ADLOOM_CREATIVE": f"127.0.0.1:{self.port}",
            "ADLOOM_HEALTH_PORT": str(self.health),
            "ADLOOM_ALLOW_APPROVALS": "1",
            **self.overrides,
        }
        with (self.folder / "creative.log").open("ab") as log:
            command = [sys.executable, "-m", "services.creative.main"]
            self.process = subprocess.Popen(command, env=environ, stderr=log)
        wait_for("readiness", self.is_ready, within_s=90)
        self.channel = channel_to(f"127.0.0.1:{self.port}")
        self.stub: Any = CreativeServiceStub(self.channel)
        grpc.channel_ready_future(self.channel).result(30)
        return self

    def is_ready(self) -> bool:
        """What `/ready` says."""
        assert self.process.poll() is None, (self.folder / "creative.log").read_text()[-2000:]
        return HealthEndpoint(f"127.0.0.1:{self.health}", "creative").ready()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ends it and returns its exit status."""
        self.channel.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)  # by itself: a busy machine is slow, not wrong

    def records(self) -> dict[str, Impression]:
        """The first decision record of every impression on the topic."""
        found: dict[str, Impression] = {}
        for raw in read_to_end(self.parts.kafka, IMPRESSIONS):
            message = decode(raw).message
            assert isinstance(message, Impression)
            found.setdefault(message.impression_id, message)
        return found


@pytest.fixture(scope="session")
def demo(parts: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pictures of the demo, whose products and creatives are on the topics."""
    folder, catalogue = tmp_path_factory.mktemp("creative"), demo_catalogue()
    with closing(stored_library(parts.kafka, str(folder / "assets"), catalogue.index.__contains__)) as library:
        load_demo(library, catalogue)
    changes = (Change(product.product_id, product) for product in demo_products())
    KafkaProducts(parts.kafka, SystemClock()).apply(catalogue.version, changes)
    return folder


@pytest.fixture
def service(parts: RunningStack, demo: Path) -> Iterator[Service]:
    """The process, up; ended whatever the test did."""
    running = Service(parts, demo).start()
    yield running
    running.end()


def closed_port() -> str:
    """An address where nobody listens."""
    return f"127.0.0.1:{any_free_port()}"
