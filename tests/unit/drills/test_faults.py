"""The parts of the drill `faults`: slow links, and the detection of late, missing and wrong answers."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import cast

import pytest

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Unavailable
from services.tools.drills.drill_faults import _records
from services.tools.drills.faults import verdict
from services.tools.drills.faults.fault import Fault
from services.tools.drills.faults.open_loop import OpenLoop, Request, Selection, percentile_ms
from services.tools.drills.faults.slow_link import SlowLink, linked
from services.tools.drills.faults.stage import Stage, Window


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(4096):
            self.request.sendall(data)


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of an echo server."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_slow_link_delays_answers_and_keeps_their_order(echo: str) -> None:
    link = SlowLink(echo)
    with linked(link):
        host, _, port = link.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(b"a")
            assert line.recv(1) == b"a"
            link.delay_s = 0.3
            began = time.monotonic()
            line.sendall(b"b")
            time.sleep(0.05)
            line.sendall(b"c")
            first = line.recv(1)
            assert time.monotonic() - began >= 0.3
            assert first + line.recv(1) == b"bc"


def test_a_link_without_a_server_closes_the_connection() -> None:
    link = SlowLink("127.0.0.1:1")
    with linked(link):
        host, _, port = link.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            assert line.recv(1) == b""


def nothing() -> None:
    """A fault that does nothing."""


def window(part: str) -> Window:
    return Window(Fault(part, "frozen", nothing, nothing), began_at=0.0, there_at=0.5, ended_at=10.0, recovered_at=11.0)


def load_of(*requests: Request) -> OpenLoop:
    load = OpenLoop("nowhere", 1.0)
    load.requests += requests
    return load


def answer(at: float, *degraded: str, took_s: float = 0.01, status: str = "OK") -> Request:
    return Request(at, 0.1, took_s, status, (Selection(f"i-{at}", "c", 0.5, degraded),) if status == "OK" else ())


def test_a_late_answer_breaks_the_promise_unless_the_generator_itself_was_stalled() -> None:
    load = load_of(answer(1.0), answer(2.0, took_s=0.1, status="DEADLINE_EXCEEDED"))
    assert not verdict.in_time(load, [window("triton")], verdict.STRICT).kept
    load.stalled.append((1.95, 2.05))
    assert verdict.in_time(load, [window("triton")], verdict.STRICT).kept
    assert not verdict.in_time(load_of(), [window("triton")], verdict.LENIENT).kept, "there were no requests"


def test_answers_must_name_the_missing_part_and_no_other() -> None:
    assert verdict.named(load_of(answer(1.0, "triton", "policy_prior")), window("triton"), verdict.STRICT).kept
    assert not verdict.named(load_of(answer(1.0, "triton")), window("triton"), verdict.STRICT).kept
    assert not verdict.named(load_of(answer(1.0)), window("redis"), verdict.STRICT).kept
    assert verdict.named(load_of(answer(1.0)), window("kafka"), verdict.STRICT).kept
    assert not verdict.named(load_of(answer(1.0, "redis")), window("kafka"), verdict.STRICT).kept


def test_answers_are_complete_until_a_slow_fault_is_in_effect() -> None:
    before = [answer(n / 100) for n in range(300)]
    load = load_of(*before, *(answer(4.0 + n / 100, "redis") for n in range(100)))
    quick, slow = window("redis"), window("redis")
    slow.there_at = 3.5
    assert not verdict.named(load, quick, verdict.LENIENT).kept
    assert verdict.named(load, slow, verdict.STRICT).kept
    assert len(slow.during(load.requests)) == len(load.requests), "all of them must be answered in time"


def test_slow_answers_and_missing_recoveries_are_detected() -> None:
    slow = load_of(*(answer(1.0 + n / 100, took_s=0.09) for n in range(200)))
    fast = [answer(-1.0 - n / 100, took_s=0.005) for n in range(100)]
    assert percentile_ms(slow.requests, 0.99) == pytest.approx(90.0)
    assert not verdict.prompt(slow, window("triton"), fast, verdict.STRICT).kept
    assert not verdict.prompt(slow, window("triton"), fast, verdict.LENIENT).kept
    assert not verdict.prompt(load_of(), window("triton"), fast, verdict.LENIENT).kept, "there were no requests"
    assert verdict.recovered([window("triton")], same_process=True).kept
    assert not verdict.recovered([window("triton")], same_process=False).kept
    gone = Window(window("redis").fault, 0.0, 0.5, 10.0, float("inf"))
    promise = verdict.recovered([window("triton"), gone], same_process=True)
    assert not promise.kept
    assert "1 of 2" in promise.happened
    assert "not after redis frozen" in promise.happened


def test_a_lost_and_a_differing_record_are_detected() -> None:
    selections = [Selection("i-1", "c", 0.5, ())]
    assert not verdict.recorded(selections, {}, "").kept
    other = Impression(impression_id="i-1", creative_id="d", propensity=0.5, generator="philox4x64-10/1")
    assert "1 differ" in verdict.recorded(selections, {"i-1": _whole(other)}, "").happened
    assert not verdict.recorded([], {}, "").kept


class _Waking:
    """A stage whose Kafka does not answer the first time."""

    def __init__(self, *ids: str) -> None:
        self._answers: list[dict[str, Impression] | None] = [None, {name: Impression() for name in ids}]

    def has_records_left(self) -> bool:
        return True

    def records(self) -> dict[str, Impression]:
        found = self._answers.pop(0)
        if found is None:
            raise Unavailable("kafka", "it comes to itself")
        return found


def test_records_are_read_again_where_kafka_was_too_slow() -> None:
    selections = [Selection("i-1", "c", 0.5, ())]
    assert _records(cast("Stage", _Waking("i-1")), selections).keys() == {"i-1"}


def _whole(record: Impression) -> Impression:
    """With what a replay needs."""
    record.candidates.append(record.creative_id)
    record.posterior_means.append(0.02)
    record.posterior_variances.append(1e-4)
    record.probabilities.append(1.0)
    record.policy_id, record.seed, record.guard_index = "uniform", b"0" * 16, -1
    record.floor = 1.0
    return record
