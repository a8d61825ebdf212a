"""The table of creatives: the newest message counts, and readers learn what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.assets.creative import Creative, Draft, finished
from services.assets.creative_sink import CreativeSink
from services.assets.creative_table import CreativeTable, Row
from services.common.clock import FixedClock
from services.common.errors import Rejected, Unavailable
from services.common.topics import CREATIVES
from services.wire.codec.envelope import Position
from services.wire.codec.memory_sink import MemorySink

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def creative(number: int, product_id: str = "bag") -> Creative:
    made = finished([Draft(product_id, "300x250", f"{number}", "", "")], [""], NOON + timedelta(seconds=number))[0]
    return replace(made, creative_id=f"c-{number}")


def anything(_: Row) -> bool:
    return True


def ids(table: CreativeTable, **which: object) -> list[str]:
    return [found.creative_id for found in table.all(anything, **which)]  # type: ignore[arg-type]


def test_of_two_messages_the_later_counts_in_whatever_order_they_are_read() -> None:
    table, first = CreativeTable(), creative(1)
    table.apply(replace(first, state="PAUSED"), "c-1", Position(0, 8, 2_000))
    table.apply(first, "c-1", Position(0, 7, 1_000))
    found = table.get("c-1")
    assert found is not None
    assert (found.state, table.revision()) == ("PAUSED", 1)


def test_a_reader_learns_each_change_since_it_last_looked() -> None:
    table = CreativeTable()
    for number in range(3):
        table.apply(creative(number), f"c-{number}", Position(0, number, 1))
    seen, _ = table.changed_since(0)
    table.apply(None, "c-1", Position(0, 3, 1))
    table.apply(creative(2), "c-2", Position(0, 4, 1))  # the same again
    table.apply(creative(5), "c-5", Position(0, 5, 1))
    newest, changed = table.changed_since(seen)
    assert (sorted(changed), newest, table.changed_since(newest)) == (["c-1", "c-5"], 5, (5, []))
    assert (len(table), table.get("c-1"), table.ids()) == (3, None, frozenset({"c-0", "c-2", "c-5"}))


def test_creatives_come_in_the_order_of_ids_by_product_and_newest_first() -> None:
    table = CreativeTable()
    for number in (4, 1, 3):
        table.apply(creative(number, "boot" if number == 3 else "bag"), f"c-{number}", Position(0, number, 1))
    assert (ids(table), ids(table, after="c-1")) == (["c-1", "c-3", "c-4"], ["c-3", "c-4"])
    table.apply(creative(2), "c-2", Position(0, 9, 1))
    assert ids(table, product_ids=frozenset({"bag"})) == ["c-1", "c-2", "c-4"]
    table.apply(creative(4, "boot"), "c-4", Position(0, 10, 1))
    assert ids(table, after="c-3", product_ids=frozenset({"boot"})) == ["c-4"]
    found, count = table.newest(lambda row: row.product_id == "boot", 1)
    assert ([one.creative_id for one in found], count) == (["c-4"], 2)


def test_who_writes_reads_its_own_write_and_nothing_that_the_broker_did_not_take() -> None:
    table, broker = CreativeTable(), MemorySink()
    sink = CreativeSink(lambda: broker, table, FixedClock(NOON))
    sink.put([creative(1), creative(2)])
    assert table.ids() == {"c-1", "c-2"}
    broker.failure = Unavailable("kafka", "away")
    with pytest.raises(Unavailable, match="away"):
        sink.put([creative(3)])
    broker.failure = None
    with pytest.raises(Rejected, match="value"):
        sink.put([creative(4), replace(creative(5), body="b" * 1_100_000)])
    sink.remove(["c-1"])
    assert (table.ids(), len(broker.read(CREATIVES))) == (frozenset({"c-2"}), 3)
