"""Logs of other systems are replayed by the names of their columns, or as a mapping file says, row by row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from protos.gen.adloom.events.v1.events_pb2 import Order, View
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.clock import FixedClock
from services.common.errors import Misconfigured, Rejected
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, VIEWS
from services.events.log_files import LogFile
from services.events.log_mapped import MappedLog, open_any
from services.events.log_mapping import read_log_overrides
from services.events.replay import Pace, Replay
from services.events.replay_progress import ProgressFile
from services.wire.codec.decode import decode
from services.wire.codec.memory_sink import MemorySink
from tests.unit.events.test_replay import SECRETS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = """event_time,event_type,product_id,price,user_id
2019-10-01 00:00:00 UTC,view,44600062,35.79,541312140
2019-10-01 00:00:05 UTC,cart,44600062,35.79,541312140
2019-10-01 00:01:00 UTC,purchase,44600062,35.79,541312140
yesterday,view,44600062,35.79,541312140
"""


def log_of(folder: Path, text: str, mapping: str = "", currency: str = "", name: str = "log.csv") -> MappedLog:
    """The log with this text, read with a mapping file of this text, if any."""
    (folder / name).write_text(text)
    (folder / "mapping.toml").write_text(mapping)
    said = read_log_overrides(folder / "mapping.toml" if mapping else None, currency)
    log = open_any(folder / name, said if mapping or currency else None)
    assert isinstance(log, MappedLog)
    return log


def rows(log: MappedLog) -> list[Any]:
    return [str(line.row) if isinstance(line.row, Rejected) else dict(line.row) for line in log.lines()]


def test_a_shops_csv_is_recognised_and_its_bad_rows_are_kept_with_their_reasons(tmp_path: Path) -> None:
    log, sink = log_of(tmp_path, SHOP, currency="USD"), MemorySink(FixedClock(NOW))
    progress = ProgressFile(tmp_path / "progress", log.checksum)
    done = Replay(sink, SECRETS, FixedClock(NOW), lambda seconds: None, Pace()).run(log, progress)
    assert (done.sent, done.rejected) == (2, 2)
    view, order = (decode(raw).message for raw in (*sink.read(VIEWS), *sink.read(ORDERS)))
    assert isinstance(view, View) and view.product_id == "44600062"
    assert isinstance(order, Order) and (order.value_minor, order.currency) == (3579, "USD")
    kept = [json.loads(line) for line in progress.rejects.read_text().splitlines()]
    assert [(each["line"], each["reason"], each["field"]) for each in kept] == [
        (3, "invalid", "type"),
        (5, "invalid", "time"),
    ]
    assert "type: 'cart' where one of view, click, order, impression, or a word in [types]" in kept[0]["error"]


def test_the_mapping_is_shown_as_the_import_shows_it(tmp_path: Path) -> None:
    shown = log_of(tmp_path, SHOP, currency="USD").described()
    assert shown[0] == "log.csv: utf-8, '.' before decimals"
    assert "  type <- event_type" in shown and "  user_id <- user_id" in shown and "  currency = USD" in shown


def test_a_mapping_file_names_columns_types_zone_and_decimal_mark(tmp_path: Path) -> None:
    text = "wann;wer;was;ware;betrag\n2026-03-01 12:00;7;Kauf;shirt;1.299,00\n2026-03-01 12:00;7;Blick;shirt;\n"
    mapping = """
        currency = "EUR"
        time_zone = "Europe/Berlin"
        [columns]
        time = "wann"
        user_id = "wer"
        type = "was"
        product_id = "ware"
        value = "betrag"
        [types]
        Kauf = "order"
        Blick = "view"
    """
    order, view = rows(log_of(tmp_path, text, mapping))
    assert order == {
        "type": "order", "user_id": "7", "product_id": "shirt", "value_minor": 129900, "currency": "EUR",
        "time": datetime(2026, 3, 1, 11, tzinfo=UTC),
    }  # fmt: skip
    assert view["type"] == "view" and "value_minor" not in view


def test_logged_decisions_are_impressions_with_their_propensity_and_slot(tmp_path: Path) -> None:
    text = (
        "timestamp,user_id,item_id,position,click,propensity_score\n1572566400,7,i3,2,1,0.25\n1572566400,7,i3,0,0,.5\n"
    )
    log, sink = log_of(tmp_path, text), MemorySink(FixedClock(NOW))
    done = Replay(sink, SECRETS, FixedClock(NOW), lambda seconds: None, Pace()).run(
        log, ProgressFile(tmp_path / "progress", log.checksum)
    )
    (shown,) = (decode(raw).message for raw in sink.read(IMPRESSIONS))
    assert isinstance(shown, Impression) and shown.foreign
    assert (shown.creative_id, shown.slot, shown.propensity, shown.policy_id) == ("i3", 1, 0.25, "logged")
    assert len(sink.read(CLICKS)) == 1 and done.rejected == 1  # a position of 0


@pytest.mark.parametrize("name", ["log.jsonl", "log.parquet"])
def test_other_systems_json_lines_and_parquet_are_recognised_too(name: str, tmp_path: Path) -> None:
    found = [{"timestamp": 1433221332117, "visitorid": 257597, "event": "view", "itemid": 355908}] * 2
    if name.endswith("parquet"):
        pd.DataFrame(found).to_parquet(tmp_path / name)
    else:
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in found))
    log = open_any(tmp_path / name, None)
    assert isinstance(log, MappedLog) and log.rows == 2
    assert rows(log) == 2 * [
        {
            "type": "view", "user_id": "257597", "product_id": "355908",
            "time": datetime(2015, 6, 2, 5, 2, 12, 117000, UTC),
        }
    ]  # fmt: skip


def test_our_own_format_needs_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"type": "view", "user_id": "alice", "product_id": "shirt", "dwell": 3}\n')
    assert isinstance(open_any(tmp_path / "log.jsonl", None), LogFile)


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        ('[columns]\nuser = "x"', "has the field 'user'; known are type, time, user_id"),
        ('[columns]\nuser_id = "kunde"', "names the column 'kunde'; the file has event_time, event_type"),
        ('[types]\ncart = "basket"', "has the type 'basket'; known are view, click, order, impression"),
        ('type = "basket"', "has the type 'basket'"),
        ('tipe = "view"', "has the key 'tipe'; known are currency"),
        ('currency = "banana"', "currency: 'banana' where a code of ISO 4217"),
        ('[columns]\nuser_id = ""', "No column was recognised as user_id"),
    ],
)
def test_a_wrong_mapping_names_the_key_and_what_was_expected(mapping: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=what.replace("[", r"\[")):
        log_of(tmp_path, SHOP, mapping)


def test_a_log_without_types_asks_what_its_rows_are(tmp_path: Path) -> None:
    text = "user_id,product_id\nalice,shirt\n"
    with pytest.raises(Misconfigured, match="No column was recognised as type"):
        log_of(tmp_path, text)
    assert rows(log_of(tmp_path, text, 'type = "view"'))[0]["type"] == "view"
