"""The events process and the commands beside it, on a real Kafka of their own that is stopped and started again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as catalogue_pb
from protos.gen.adloom.catalogue.v1.catalogue_service_pb2_grpc import CatalogueServiceStub
from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, Product
from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from protos.gen.adloom.events.v1 import event_service_pb2_grpc as rpc
from protos.gen.adloom.events.v1 import events_pb2
from services.common.secrets import load_pseudonym_key
from services.common.topics import DEADLETTER, IMPRESSIONS, VIEWS
from services.sdk.catalogue import AT_ONCE, delete, upsert
from services.sdk.creative_channel import channel_to
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.producer import Producer, ProducerSettings
from services.wire.kafka.reader import read_to_end

ROOT = Path(__file__).resolve().parents[3]
SERVICE_CONFIG = ROOT / "protos" / "adloom" / "service_config.json"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ADLOOM_")}
    state_dir = StateDir(tmp_path_factory.mktemp("events")).make()
    with tied_stack(state_dir, environ, only=("kafka", "topics", "events")) as stack:
        yield stack


@pytest.fixture
def stub(running: RunningStack) -> Iterator[rpc.EventServiceStub]:
    options = [("grpc.service_config", SERVICE_CONFIG.read_text())]
    with grpc.insecure_channel(running.events, options) as channel:
        yield rpc.EventServiceStub(channel)


def view(user: str, event_id: str = "") -> pb.Event:
    return pb.Event(event_id=event_id, view=events_pb2.View(user_id=user, product_id="shirt-3"))


def adloom(running: RunningStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli.main", *arguments]
    environ = {**os.environ, "ADLOOM_HOME": str(running.state_dir.folder)}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environ, timeout=120, check=False)


def eventually(holds: Callable[[], bool], within_s: float = 60) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come to hold"
        time.sleep(0.2)


def test_an_answer_of_ok_means_that_kafka_has_the_event(running: RunningStack, stub: rpc.EventServiceStub) -> None:
    user = uuid.uuid4().hex
    answer = stub.PublishEvents(pb.PublishEventsRequest(events=[view(user, f"{user}-{n}") for n in range(200)]))
    assert {result.status for result in answer.results} == {pb.EVENT_STATUS_OK}
    pseudonym = load_pseudonym_key(running.state_dir.secrets).pseudonym(user)
    found = [decode(raw).event_id for raw in read_to_end(running.kafka, VIEWS) if raw.key == pseudonym.encode()]
    assert found == [f"{user}-{n}" for n in range(200)]


def test_a_product_told_to_the_service_is_told_by_the_service_until_it_is_deleted(running: RunningStack) -> None:
    names = [f"{uuid.uuid4().hex}-{n}" for n in range(AT_ONCE + 1)]  # more than the SDK puts into one call
    facts = {"title": "Tee", "price_minor": 2900, "currency": "EUR", "availability": IN_STOCK}
    with channel_to(running.events) as channel:
        service: Any = CatalogueServiceStub(channel)

        def has(product_id: str) -> bool:
            try:
                return bool(
                    service.GetProduct(catalogue_pb.GetProductRequest(product_id=product_id), timeout=5).product
                )
            except grpc.RpcError as error:
                assert error.code() is grpc.StatusCode.NOT_FOUND, error
                return False

        results = upsert(service, [Product(product_id=name, **facts) for name in names])  # type: ignore[arg-type]
        assert [(one.product_id, one.status) for one in results] == [
            (one, catalogue_pb.PRODUCT_STATUS_OK) for one in names
        ]
        eventually(lambda: all(has(name) for name in (names[0], names[-1])))
        assert {one.status for one in delete(service, names[:1])} == {catalogue_pb.PRODUCT_STATUS_OK}
        eventually(lambda: not has(names[0]))
        assert has(names[-1])


def test_an_outage_of_kafka_is_told_in_time_and_the_service_answers_again(
    running: RunningStack, stub: rpc.EventServiceStub
) -> None:
    def status(name: str) -> int:
        answer = stub.PublishEvents(pb.PublishEventsRequest(events=[view("bob", name)]), timeout=4)  # none comes later
        return int(answer.results[0].status)

    running.stop("kafka")
    assert status("during") == pb.EVENT_STATUS_UNAVAILABLE
    running.start("kafka")
    eventually(lambda: status("after") == pb.EVENT_STATUS_OK)
    assert running.status()["processes"]["events"]["restarts"] == 0


def test_emit_sends_one_event_and_says_so(running: RunningStack) -> None:
    event_id = uuid.uuid4().hex
    done = adloom(running, "emit", "view", "--user", "carol", "--product", "shirt-3", "--event-id", event_id, "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["sent"], facts["failed"]) == (1, 0)
    assert event_id in {decode(raw).event_id for raw in read_to_end(running.kafka, VIEWS)}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (["--user", "", "--product", "s"], "user_id"),
        (["--user", "a", "--product", ""], "product_id"),
        (["--user", "a", "--product", "s", "--dwell-ms", "-1"], "dwell_ms"),
        (["--user", "a", "--product", "s", "--dwell-ms", str(2**70)], "dwell_ms"),
        (["--user", "a", "--product", "s", "--time", "noon"], "time"),
        (["--user", "a", "--product", "s", "--time", "2001-01-01T00:00:00Z"], "ce_time"),
    ],
)
def test_emit_names_what_is_wrong_in_one_sentence(running: RunningStack, options: list[str], field: str) -> None:
    done = adloom(running, "emit", "view", *options)
    assert done.returncode == 1
    assert done.stderr.startswith(f"adloom: {field}: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_log_of_ones_own_is_replayed_with_its_bad_rows_kept(running: RunningStack, tmp_path: Path) -> None:
    log, user = tmp_path / "log.jsonl", uuid.uuid4().hex
    rows = [
        {"type": "view", "user_id": user, "product_id": "shirt-3"},
        {"type": "view", "user_id": user, "product_id": ""},
        {
            "type": "impression",
            "user_id": user,
            "creative_id": "x",
            "policy_id": "p",
            "propensity": 0.5,
            "clicked": True,
        },
    ]
    log.write_text("\n".join(map(json.dumps, rows)))
    done = adloom(running, "replay", str(log), "--json")
    assert done.returncode == 1, done.stderr  # a row was rejected
    facts = json.loads(done.stdout)
    assert (facts["sent"], facts["failed"]) == (3, 1)
    assert json.loads(Path(facts["rejects"]).read_text())["line"] == 2
    pseudonym = load_pseudonym_key(running.state_dir.secrets).pseudonym(user).encode()
    assert sum(raw.key == pseudonym for raw in read_to_end(running.kafka, IMPRESSIONS)) == 1


def test_dead_letters_are_counted_once_each(running: RunningStack) -> None:
    producer = Producer(ProducerSettings(running.kafka))
    for offset in (1, 1, 2):
        producer.send(dead_letter(RawRecord(VIEWS, 0, offset, 0, b"alice", b"x", ()), "not_a_pseudonym", redact=True))
    producer.close(10)
    done = adloom(running, "deadletters", "--json")
    assert json.loads(done.stdout)["by_reason"] == {"not_a_pseudonym": 2}
    assert all(b"alice" not in (raw.key or b"") for raw in read_to_end(running.kafka, DEADLETTER))
