"""Decision records reach Kafka whatever happens to it; what cannot wait in memory waits on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Rejected, Unavailable
from services.common.topics import IMPRESSIONS
from services.creative.emission import Emission
from services.creative.spool import Spool
from services.wire.decode import decode
from services.wire.encode import encode
from services.wire.envelope import Record
from services.wire.memory_sink import MemorySink
from services.wire.ports import Delivery, OnDelivery, Sink

USER = "u1-" + "0" * 32
LARGE = 1 << 30


def record(number: int) -> Record:
    message = Impression(impression_id=f"i-{number}", user_id=USER, propensity=0.5, creative_id="c")
    return encode(message, event_id=f"i-{number}", source="creative", time=datetime.now(UTC), key=USER.encode())


def sent(sink: MemorySink) -> list[str]:
    return [decode(raw).event_id for raw in sink.read(IMPRESSIONS)]


def wait_for(what: Callable[[], object], within_s: float = 10.0) -> None:
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


Opens = Callable[[int], Spool]


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    """Opens spools of a size in the test's folder, as one process after another does."""
    opened: list[Spool] = []

    def open_(most_bytes: int) -> Spool:
        opened.append(Spool(tmp_path, most_bytes))
        return opened[-1]

    yield open_
    for spool in opened:
        spool.close()


class HangingSink(MemorySink):
    """Takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        assert self.let_go.wait(10)
        super().send(record, on_delivery)


class SilentSink(MemorySink):
    """Takes records and never says what became of them."""

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Nothing comes back."""

    def flush(self, timeout_s: float) -> None:
        raise Unavailable("kafka", "silent")


class PickySink(MemorySink):
    """Will never take some records: says so at once, or once the broker has spoken."""

    def __init__(self, at_once: str, later: str) -> None:
        super().__init__()
        self.tried: list[str] = []
        self._at_once, self._later = at_once, later

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        name = dict(record.headers)["ce_id"].decode()
        self.tried.append(name)
        never = Rejected("invalid", "record", name, "a smaller one")
        if name == self._at_once:
            raise never
        if name == self._later and on_delivery is not None:
            on_delivery(Delivery(record, error=never))
        else:
            super().send(record, on_delivery)


def test_records_come_back_from_the_spool_as_they_were(tmp_path: Path, opens: Opens) -> None:
    spool = opens(LARGE)
    given = [record(n) for n in range(5)]
    assert all(spool.append(r) for r in given)
    assert spool.waiting == 5
    with spool.oldest() as chunk:
        assert (list(chunk.records), chunk.torn) == (given, 0)
    assert spool.waiting == 0
    assert list(tmp_path.iterdir()) == []


def test_a_spool_outlives_its_process_and_a_torn_line_loses_only_itself(tmp_path: Path, opens: Opens) -> None:
    spool = opens(LARGE)
    for number in range(3):
        spool.append(record(number))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    later = opens(LARGE)
    later.append(record(9))
    with later.oldest() as chunk:
        assert [dict(r.headers)["ce_id"] for r in chunk.records] == [b"i-0", b"i-1"]
        assert chunk.torn == 1
    with later.oldest() as chunk:
        assert [dict(r.headers)["ce_id"] for r in chunk.records] == [b"i-9"]


def test_what_was_not_taken_stays_in_the_spool(opens: Opens) -> None:
    spool = opens(LARGE)
    spool.append(record(1))
    with pytest.raises(Unavailable), spool.oldest():
        raise Unavailable("kafka", "not now")
    spool.append(record(2))
    with spool.oldest() as chunk:
        assert len(chunk.records) == 1
    assert spool.waiting == 1


def test_a_full_spool_says_so(opens: Opens) -> None:
    spool = opens(1000)
    taken = [spool.append(record(n)) for n in range(5)]
    assert taken[0]
    assert not taken[-1]


def test_records_are_sent_in_order(tmp_path: Path) -> None:
    sink = MemorySink()
    emission = Emission(lambda: sink, Spool(tmp_path, LARGE), 100)
    emission.start()
    for number in range(50):
        emission.offer([record(number)])
    emission.stop(5.0)
    assert sent(sink) == [f"i-{n}" for n in range(50)]


def test_nothing_is_lost_while_kafka_is_away(tmp_path: Path) -> None:
    sink = MemorySink()
    emission = Emission(lambda: sink, Spool(tmp_path, LARGE), 100)
    emission.start()
    emission.offer([record(0)])
    wait_for(lambda: sent(sink) == ["i-0"])
    sink.failure = Unavailable("kafka", "the fake was told to be down")
    for number in range(1, 20):
        emission.offer([record(number)])
    wait_for(lambda: list(tmp_path.iterdir()))
    sink.failure = None
    wait_for(lambda: set(sent(sink)) == {f"i-{n}" for n in range(20)})
    emission.stop(5.0)
    wait_for(lambda: not list(tmp_path.iterdir()))


def test_a_broker_that_is_not_there_at_the_start_is_waited_for(tmp_path: Path) -> None:
    sink, attempts = MemorySink(), [0]

    def connect() -> Sink:
        attempts[0] += 1
        if attempts[0] < 2:
            raise Unavailable("kafka", "nobody listens")
        return sink

    emission = Emission(connect, Spool(tmp_path, LARGE), 100)
    emission.start()
    emission.offer([record(1)])
    wait_for(lambda: sent(sink) == ["i-1"])
    emission.stop(5.0)


def test_a_full_queue_does_not_hold_a_request_up(tmp_path: Path) -> None:
    sink = HangingSink()
    emission = Emission(lambda: sink, Spool(tmp_path, LARGE), 2)
    emission.start()
    began = time.perf_counter()
    for number in range(30):
        emission.offer([record(number)])
    assert time.perf_counter() - began < 1.0
    assert list(tmp_path.iterdir())
    sink.let_go.set()
    wait_for(lambda: set(sent(sink)) == {f"i-{n}" for n in range(30)})
    emission.stop(5.0)


def test_what_kafka_has_not_confirmed_at_the_end_is_sent_by_the_next_process(tmp_path: Path) -> None:
    first = Emission(SilentSink, Spool(tmp_path, LARGE), 100)
    first.start()
    first.offer([record(1), record(2)])
    first.stop(1.0)
    sink = MemorySink()
    second = Emission(lambda: sink, Spool(tmp_path, LARGE), 100)
    second.start()
    wait_for(lambda: sent(sink) == ["i-1", "i-2"])
    second.stop(5.0)


def test_while_kafka_says_nothing_new_records_go_to_the_disk(tmp_path: Path) -> None:
    emission = Emission(SilentSink, Spool(tmp_path, LARGE), 100)
    emission.start()
    emission.offer([record(1)])
    time.sleep(1.2)
    emission.offer([record(2)])
    wait_for(lambda: b"ad.impressions" in b"".join(path.read_bytes() for path in tmp_path.iterdir()))
    emission.stop(1.0)


def test_what_kafka_will_never_take_is_set_aside_and_not_sent_again(tmp_path: Path, opens: Opens) -> None:
    spool = opens(LARGE)
    for number in range(4):
        spool.append(record(number))
    sink = PickySink("i-0", "i-2")
    emission = Emission(lambda: sink, spool, 100)
    emission.start()
    wait_for(lambda: spool.waiting == 0)
    assert sent(sink) == ["i-1", "i-3"]
    time.sleep(0.3)
    emission.stop(5.0)
    assert sink.tried == ["i-0", "i-1", "i-2", "i-3"]
    (aside,) = tmp_path.iterdir()
    assert aside.suffix == ".refused"
    assert aside.read_bytes().count(b"\n") == 2


def test_a_fresh_record_that_kafka_will_never_take_is_set_aside_and_stops_nothing(tmp_path: Path) -> None:
    sink = PickySink("i-0", "i-1")
    emission = Emission(lambda: sink, Spool(tmp_path, LARGE), 100)
    emission.start()
    emission.offer([record(number) for number in range(3)])
    wait_for(lambda: sent(sink) == ["i-2"])
    emission.stop(5.0)
    assert sink.tried == ["i-0", "i-1", "i-2"]
    assert (tmp_path / "records.refused").read_bytes().count(b"\n") == 2


def test_a_file_that_must_be_sent_again_sets_nothing_aside_yet(tmp_path: Path, opens: Opens) -> None:
    spool = opens(LARGE)
    spool.append(record(0))
    spool.append(record(1))
    sink = PickySink("i-0", "none")
    sink.failure = Unavailable("kafka", "the fake was told to be down")
    emission = Emission(lambda: sink, spool, 100)
    emission.start()
    wait_for(lambda: sink.tried.count("i-1") >= 2)
    sink.failure = None
    wait_for(lambda: spool.waiting == 0)
    emission.stop(5.0)
    assert sent(sink) == ["i-1"]
    assert (tmp_path / "records.refused").read_bytes().count(b"\n") == 1
