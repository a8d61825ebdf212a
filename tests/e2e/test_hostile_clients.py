"""Clients that send garbage to an endpoint, or nothing at all, do not delay other clients."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import grpc
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1 import event_service_pb2 as events
from protos.gen.adloom.events.v1.event_service_pb2_grpc import EventServiceStub
from services.tools.drills.fuzzing.findings import FOUND
from tests.e2e.conftest import Outside
from tests.waiting import wait_for

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SILENT = 200
PROMPT_S = 5.0  # with a broad margin: healthy answers take milliseconds


def hostile_values(user: str) -> Iterator[tuple[bytes, bytes]]:
    """Values that no message has, with their content types."""
    chance = Random(7)
    for _ in range(40):
        yield b"\xff" + chance.randbytes(chance.choice((0, 10, 400))), b"application/protobuf"
    for value in (
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b"9" * 100_000,
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"\0",
        b"NaN",
    ):
        yield value, b"application/json"
    yield json.dumps({"user_id": user, "product_id": "p"}).encode()[:-1] + b',"\\ud800":1}', b"application/json"
    yield from ((found.case[2], b"application/json") for found in FOUND if found.target == "json")


def dead_letters(outside: Outside) -> set[tuple[str, int, int]]:
    """Where they came from."""
    found = set()
    for record in outside.records("ad.deadletter"):
        headers = {name: value.decode() for name, value in record.headers if name.startswith("adloom_") and value}
        found.add((headers["adloom_topic"], int(headers["adloom_partition"]), int(headers["adloom_offset"])))
    return found


def restarts(outside: Outside) -> dict[str, int]:
    processes = json.loads(outside.adloom("status", "--json"))["processes"]
    return {name: process["restarts"] for name, process in processes.items()}


def sample(address: str) -> float:
    """How long a right request took, in seconds."""
    began = time.monotonic()
    request = pb.SelectCreativesRequest(user_id="alice", placements=[{"placement_id": "front", "format": "300x250"}])
    with grpc.insecure_channel(address) as channel:
        assert CreativeServiceStub(channel).SelectCreatives(request, timeout=30).selections
    return time.monotonic() - began


def publish(address: str) -> float:
    """How long a right event took, in seconds."""
    began = time.monotonic()
    request = events.PublishEventsRequest(events=[{"view": {"user_id": "alice", "product_id": "tee-breton"}}])
    with grpc.insecure_channel(address) as channel:
        assert EventServiceStub(channel).PublishEvents(request, timeout=30).results[0].status == 1
    return time.monotonic() - began


@pytest.mark.timeout(240)
def test_a_burst_of_nonsense_on_every_input_topic_is_dead_letters_and_stops_no_worker(outside: Outside) -> None:
    user, before = outside.pseudonym(f"burst-{uuid.uuid4()}"), restarts(outside)
    sent = {
        outside.produce(kind, value, user, **{"content-type": content_type})
        for kind in ("View", "Click", "Order")
        for value, content_type in hostile_values(user)
    }
    outside.produce("View", {"user_id": user, "product_id": "tee-breton"}, user)
    counted = wait_for("the good view", lambda: (f := outside.features(user)[0])["views_total"] and f, within_s=60)
    assert (counted["views_total"], counted["clicks_total"], counted["orders_total"]) == (1, 0, 0)
    wait_for("all dead letters", lambda: sent <= dead_letters(outside), within_s=60)
    assert restarts(outside) == before


@pytest.mark.timeout(240)
@pytest.mark.parametrize("endpoint", ["creative", "events"])
def test_garbage_and_silent_connections_do_not_delay_other_callers(outside: Outside, endpoint: str) -> None:
    address, before = getattr(outside.running, endpoint), restarts(outside)
    call = sample if endpoint == "creative" else publish
    host, port = address.rsplit(":", 1)
    chance = Random(11)
    with ExitStack() as held:
        for number in range(SILENT):
            silent = held.enter_context(socket.create_connection((host, int(port)), timeout=10))
            silent.sendall(PREFACE[: number % (len(PREFACE) + 1)])
            if number % 4 == 0:
                with socket.create_connection((host, int(port)), timeout=10) as loud:
                    loud.sendall(chance.choice((b"", PREFACE)) + chance.randbytes(2_000))
        assert min(call(address) for _ in range(3)) < PROMPT_S
    refuse_what_is_too_large(address)
    assert min(call(address) for _ in range(3)) < PROMPT_S
    assert restarts(outside) == before


def refuse_what_is_too_large(address: str) -> None:
    """A message of 20 MB and headers of 200 KB."""
    method = "/adloom.creative.v1.CreativeService/SelectCreatives"
    other = "/adloom.events.v1.EventService/PublishEvents"
    options = [("grpc.max_send_message_length", -1), ("grpc.max_metadata_size", 1 << 20)]
    with grpc.insecure_channel(address, options=options) as channel:
        for path in (method, other):
            for value, metadata in ((b"\n\0" * 10_000_000, ()), (b"", (("x-long", "y" * 200_000),))):
                with pytest.raises(grpc.RpcError) as refused:
                    channel.unary_unary(path)(value, timeout=30, metadata=metadata)
                assert refused.value.code() not in (grpc.StatusCode.OK, grpc.StatusCode.INTERNAL)
