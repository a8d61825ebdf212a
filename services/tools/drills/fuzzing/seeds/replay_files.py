"""Seed files for the targets of `adloom replay`: valid rows, and Parquet files with right and unexpected columns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

ROWS: Final[tuple[dict[str, Any], ...]] = (
    {"type": "view", "user_id": "alice", "time": "2026-03-01T12:00:00Z", "product_id": "tee-breton", "dwell_ms": 5},
    {"type": "click", "user_id": "alice", "product_id": "tee-breton", "time": "2026-03-01T12:00:01Z", "event_id": "e"},
    {"type": "order", "user_id": "bob", "product_id": "tee-breton", "quantity": 1, "value_minor": 2995,
     "currency": "EUR", "time": "2026-03-01T12:00:02+01:00", "source": "till"},
    {"type": "impression", "user_id": "bob", "creative_id": "banner-7", "product_id": "tee-breton", "clicked": True,
     "policy_id": "old", "propensity": 0.25, "target_propensities": {"uniform": 0.125},
     "time": "2026-03-01T12:00:03Z", "slot": 1, "candidates": ["a", "b"], "scores": [0.1, 0.2],
     "context": {"locale": "en"}, "seed": "AAAA"},
)  # fmt: skip
"""One valid row of each type of `services/events/log_format.py`."""

_RIGHT: Final = ("type", "user_id", "product_id", "time", "propensity")
_STRANGE: Final = ("user_id", "time", "propensity", "event_id", "type", "clicked", "target_propensities")


def parquet_files() -> Iterator[bytes]:
    """Valid tables, and tables with unexpected types in place of texts, numbers and times."""
    right = pa.Table.from_pylist([{name: row.get(name) for name in _RIGHT} for row in ROWS])
    yield _written(right)
    yield _written(right, compression="gzip")
    yield _written(right, use_dictionary=False, version="1.0")
    for name in _STRANGE:
        for column in _strange_columns():
            columns: dict[str, Any] = {"type": pa.array(["impression", "view"]), "user_id": pa.array(["a", "b"])}
            columns |= {"product_id": pa.array(["tee-breton"] * 2), "propensity": pa.array([0.5, None]), name: column}
            yield _written(pa.table(columns))
    yield _written(pa.Table.from_arrays([pa.array(["view"]), pa.array(["click"])], names=["type", "type"]))


def mapped_files() -> Iterator[bytes]:
    """Other systems' logs: CSV, JSON lines and Parquet, whose columns are recognised, or are not."""
    yield (
        b"event_time,event_type,product_id,price,user_id\n2019-10-01 00:00:00 UTC,view,7,35.79,u\n"
        b"2019-10-01 00:01:00 UTC,purchase,7,35.79,u\n,cart,7,,u\nyesterday,view,7,1.299,u\n"
    )
    head = b"timestamp,user_id,item_id,position,click,propensity_score\n"
    yield head + b"1572566400,7,i3,2,1,0.25\n1572566400,7,i3,0,x,2\n"
    yield "wann;wer;was;ware;betrag\n2026-03-01 12:00;7;Kauf;shirt;1.299,00\n;7;Blick;\u5e3d;\n".encode("utf-16")
    yield (
        b'{"visitorid":1,"itemid":[1],"event":"transaction","timestamp":1433221332117,"quantity":2.5}\n'
        b'{"visitorid":"a","itemid":2,"event":"view","timestamp":"1433221332117","price":{"value":1}}\n'
    )
    columns = {"user": ["a", None], "item": [1, 2], "event": ["view", "buy"], "price": [9.5, float("nan")]}
    yield _written(pa.table({**columns, "ts": pa.array([0, 2**62], pa.timestamp("us", "UTC"))}))


def mappings() -> Iterator[bytes]:
    """None, one of nearly all keys, and one that names what the logs do not have."""
    yield b""
    yield (
        b'currency = "EUR"\ndecimal = ","\ntime_zone = "Europe/Berlin"\n[columns]\ntime = "wann"\nuser_id = "wer"\n'
        b'type = ["was", "event"]\nproduct_id = "ware"\nvalue = "betrag"\nprice = ""\n[types]\nKauf = "order"\n'
    )
    yield b'type = "view"\nencoding = "cp1252"\n[columns]\nuser_id = "Kunde"\n'


def _written(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def _strange_columns() -> list[pa.Array]:
    """Two rows each."""
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    no_utf8 = [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"\xff\xfeok")]
    return [
        pa.array([b"\xff\xfe", b"alice"], pa.binary()),
        pa.Array.from_buffers(pa.string(), 2, no_utf8),
        pa.array([Decimal("1e30"), None], pa.decimal128(38, 2)),
        pa.array([2**63 - 1, -(2**63)], pa.timestamp("us", "UTC")),
        pa.array([2**63 - 1, -(2**63)], pa.timestamp("ns")),
        pa.array([first, last], pa.timestamp("ms", "+14:00")),
        pa.array([first, datetime.max.replace(tzinfo=UTC)], pa.timestamp("us", "UTC")),
        pa.array([2**31 - 1, -(2**31)], pa.date32()),
        pa.array([[1], [2]], pa.list_(pa.int64())),
        pa.array([[("a", 1.0)], [("a", 1.0), ("a", 2.0)]], pa.map_(pa.string(), pa.float64())),
        pa.array([{"a": 1}, {"a": None}]),
        pa.array([float("nan"), float("inf")]),
        pa.array([True, False]),
        pa.array([2**64 - 1, 0], pa.uint64()),
        pa.array(["x", "y"]).dictionary_encode(),
        pa.array([10**12, -1], pa.duration("s")),
        pa.array([None, None], pa.null()),
        pa.array([86_399, 0], pa.time32("s")),
    ]
