"""Decision records reach Kafka whatever happens to it; each is on disk before its answer goes out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Rejected, Unavailable
from services.common.topics import IMPRESSIONS
from services.creative.outbox.frames import bodies, frame, record_in
from services.creative.outbox.journal import Journal
from services.creative.outbox.outbox import Outbox
from services.creative.outbox.quarantine import Quarantine
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import Delivery, OnDelivery, Sink

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


def emission_to(connect: Callable[[], Sink], folder: Path, most_waiting: int = 100) -> Outbox:
    return Outbox(connect, Journal(folder, LARGE), Quarantine(folder, LARGE), most_waiting)


def kept(folder: Path) -> list[str]:
    """The ids of the records in the journal's files."""
    files = sorted(folder.glob("*.journal"))
    found = [record_in(body) for file in files for body in bodies(file.read_bytes()) if body is not None]
    return [dict(r.headers)["ce_id"].decode() for r in found]


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


def test_records_come_back_from_the_journal_as_they_were(tmp_path: Path) -> None:
    first = Journal(tmp_path, LARGE)
    given = [record(n) for n in range(5)]
    assert first.append(given[:3]) and first.append(given[3:])
    second = Journal(tmp_path, LARGE)  # as after a kill: the first was not closed
    assert (second.waiting, second.torn) == (5, 0)
    with second.oldest() as records:
        assert records == given
    assert second.waiting == 0
    assert list(tmp_path.iterdir()) == []
    second.close()


def test_what_is_in_hand_is_not_read_again_and_what_is_settled_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path, LARGE)
    entries = journal.append([record(n) for n in range(4)])
    assert entries
    assert journal.waiting == 0
    journal.ack(entries[0])
    journal.requeue(entries[1])
    journal.requeue(entries[2])
    with journal.oldest() as records:
        assert [dict(r.headers)["ce_id"] for r in records] == [b"i-1", b"i-2"]
    journal.trim()
    assert kept(tmp_path) == ["i-0", "i-1", "i-2", "i-3"]  # one of them is still in hand
    journal.ack(entries[3])
    journal.trim()
    assert kept(tmp_path) == []
    (later,) = journal.append([record(7)]) or []
    journal.ack(entries[3])  # says nothing about what came after it in the same file
    journal.requeue(later)
    with journal.oldest() as records:
        assert [dict(r.headers)["ce_id"] for r in records] == [b"i-7"]
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_torn_end_loses_only_itself(tmp_path: Path) -> None:
    first = Journal(tmp_path, LARGE)
    first.append([record(number) for number in range(3)])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    later = Journal(tmp_path, LARGE)
    later.append([record(9)])
    assert later.torn == 1
    with later.oldest() as records:
        assert [dict(r.headers)["ce_id"] for r in records] == [b"i-0", b"i-1"]
    later.close()
    assert kept(tmp_path) == ["i-9"]


def test_a_file_with_nothing_but_a_torn_record_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "1.journal").write_bytes(frame(record(1))[:50])
    journal = Journal(tmp_path, LARGE)
    assert (journal.torn, journal.waiting, list(tmp_path.iterdir())) == (1, 0, [])


def test_a_damaged_frame_is_told_apart_and_those_around_it_are_read() -> None:
    data = bytearray(b"".join(frame(record(number)) for number in range(3)))
    data[len(frame(record(0))) + 40] ^= 1
    found = [None if body is None else dict(record_in(body).headers)["ce_id"] for body in bodies(bytes(data))]
    assert found == [b"i-0", None, b"i-2"]


def test_what_was_not_taken_stays_in_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path, LARGE)
    for entry in journal.append([record(1), record(2)]) or []:
        journal.requeue(entry)
    with pytest.raises(Unavailable), journal.oldest():
        raise Unavailable("kafka", "not now")
    with journal.oldest() as records:
        assert len(records) == 2
    assert journal.waiting == 0
    journal.close()


def test_a_full_journal_says_so_and_has_room_again_once_records_are_settled(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 1000)
    taken = [journal.append([record(n)]) for n in range(9)]
    assert taken[0] and taken[-1] is None
    for entries in taken:
        for entry in entries or []:
            journal.ack(entry)
    journal.trim()
    assert journal.append([record(10)])
    journal.close()


def test_a_disk_that_refuses_costs_no_answer(tmp_path: Path) -> None:
    sink = MemorySink()
    outbox = emission_to(lambda: sink, tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    outbox.start()
    outbox.offer([record(1)])
    wait_for(lambda: sent(sink) == ["i-1"])
    outbox.stop(5.0)


def test_an_offered_record_is_on_disk_before_anything_else_happens(tmp_path: Path) -> None:
    emission_to(MemorySink, tmp_path).offer([record(1), record(2)])  # never started, as if killed at once
    assert kept(tmp_path) == ["i-1", "i-2"]
    sink = MemorySink()
    after = emission_to(lambda: sink, tmp_path)
    after.start()
    wait_for(lambda: sent(sink) == ["i-1", "i-2"])
    after.stop(5.0)
    assert list(tmp_path.iterdir()) == []


def test_the_journal_is_trimmed_while_records_keep_coming(tmp_path: Path) -> None:
    sink = MemorySink()
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.start()
    for number in range(60):
        outbox.offer([record(number)])
        time.sleep(0.01)
    wait_for(lambda: len(sent(sink)) == 60)
    assert len(kept(tmp_path)) < 60
    outbox.stop(5.0)


def test_records_are_sent_in_order(tmp_path: Path) -> None:
    sink = MemorySink()
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.start()
    for number in range(50):
        outbox.offer([record(number)])
    outbox.stop(5.0)
    assert sent(sink) == [f"i-{n}" for n in range(50)]


def test_nothing_is_lost_while_kafka_is_away(tmp_path: Path) -> None:
    sink = MemorySink()
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.start()
    outbox.offer([record(0)])
    wait_for(lambda: sent(sink) == ["i-0"])
    sink.failure = Unavailable("kafka", "the fake was told to be down")
    for number in range(1, 20):
        outbox.offer([record(number)])
    wait_for(lambda: list(tmp_path.iterdir()))
    sink.failure = None
    wait_for(lambda: set(sent(sink)) == {f"i-{n}" for n in range(20)})
    outbox.stop(5.0)
    wait_for(lambda: not list(tmp_path.iterdir()))


def test_a_broker_that_is_not_there_at_the_start_is_waited_for(tmp_path: Path) -> None:
    sink, attempts = MemorySink(), [0]

    def connect() -> Sink:
        attempts[0] += 1
        if attempts[0] < 2:
            raise Unavailable("kafka", "nobody listens")
        return sink

    outbox = emission_to(connect, tmp_path)
    outbox.start()
    outbox.offer([record(1)])
    wait_for(lambda: sent(sink) == ["i-1"])
    outbox.stop(5.0)


def test_a_full_queue_does_not_hold_a_request_up(tmp_path: Path) -> None:
    sink = HangingSink()
    outbox = emission_to(lambda: sink, tmp_path, 2)
    outbox.start()
    for number in range(30):  # would not end: the sink hangs until it is let go
        outbox.offer([record(number)])
    assert list(tmp_path.iterdir())
    sink.let_go.set()
    wait_for(lambda: set(sent(sink)) == {f"i-{n}" for n in range(30)})
    outbox.stop(5.0)


def test_what_kafka_has_not_confirmed_at_the_end_is_sent_by_the_next_process(tmp_path: Path) -> None:
    first = emission_to(SilentSink, tmp_path)
    first.start()
    first.offer([record(1), record(2)])
    first.stop(1.0)
    sink = MemorySink()
    second = emission_to(lambda: sink, tmp_path)
    second.start()
    wait_for(lambda: sent(sink) == ["i-1", "i-2"])
    second.stop(5.0)


class DeferredSink(SilentSink):
    """Says nothing about the first record for ever, and takes those that follow."""

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        if not self.seen:
            self.seen = True
            return
        MemorySink.send(self, record, on_delivery)

    def flush(self, timeout_s: float) -> None:
        """All that was said was said at once."""

    seen = False


def test_a_record_of_which_nothing_is_ever_heard_is_sent_again(tmp_path: Path) -> None:
    sink = DeferredSink()
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.forsaken_s = 0.5
    outbox.start()
    outbox.offer([record(1)])
    wait_for(lambda: sent(sink) == ["i-1"])
    outbox.stop(5.0)
    assert list(tmp_path.iterdir()) == []


def test_while_kafka_says_nothing_new_records_stay_in_the_journal(tmp_path: Path) -> None:
    outbox = emission_to(SilentSink, tmp_path)
    outbox.start()
    outbox.offer([record(1)])
    time.sleep(1.2)
    outbox.offer([record(2)])
    time.sleep(0.3)
    assert kept(tmp_path) == ["i-1", "i-2"]
    outbox.stop(1.0)


def test_what_kafka_will_never_take_is_set_aside_and_not_sent_again(tmp_path: Path) -> None:
    emission_to(MemorySink, tmp_path).offer([record(number) for number in range(4)])
    sink = PickySink("i-0", "i-2")
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.start()
    wait_for(lambda: sent(sink) == ["i-1", "i-3"])
    time.sleep(0.3)
    outbox.stop(5.0)
    assert sink.tried == ["i-0", "i-1", "i-2", "i-3"]
    (aside,) = tmp_path.iterdir()
    assert aside.name == "records.refused"
    assert aside.read_bytes().count(b"\n") == 2


def test_a_fresh_record_that_kafka_will_never_take_is_set_aside_and_stops_nothing(tmp_path: Path) -> None:
    sink = PickySink("i-0", "i-1")
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.start()
    outbox.offer([record(number) for number in range(3)])
    wait_for(lambda: sent(sink) == ["i-2"])
    outbox.stop(5.0)
    assert sink.tried == ["i-0", "i-1", "i-2"]
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes().count(b"\n") == 2


def test_a_segment_that_must_be_sent_again_sets_nothing_aside_yet(tmp_path: Path) -> None:
    emission_to(MemorySink, tmp_path).offer([record(0), record(1)])
    sink = PickySink("i-0", "none")
    sink.failure = Unavailable("kafka", "the fake was told to be down")
    outbox = emission_to(lambda: sink, tmp_path)
    outbox.start()
    wait_for(lambda: sink.tried.count("i-1") >= 2)
    sink.failure = None
    wait_for(lambda: sent(sink) == ["i-1"])
    outbox.stop(5.0)
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes().count(b"\n") == 1
