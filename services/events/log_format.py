"""The log format of `adloom replay FILE`, and the conversion of a row to records; pure.

A row is one line of JSON in UTF-8 (`*.jsonl`), or one row of a Parquet file with the same names as columns. Nulls count
as absent, and so does NaN, which pandas writes for missing values:

    {"type": "view",  "user_id": "alice", "time": "2026-03-01T12:00:00Z", "product_id": "shirt-3", "dwell_ms": 5200}
    {"type": "click", "user_id": "alice", "product_id": "shirt-3"}
    {"type": "order", "user_id": "alice", "product_id": "shirt-3", "quantity": 1, "value_minor": 2995}
    {"type": "impression", "user_id": "bob", "creative_id": "banner-7", "product_id": "shirt-3",
     "policy_id": "old-rules", "propensity": 0.25, "target_propensities": {"uniform": 0.125}, "clicked": true}

| name | in | meaning |
|---|---|---|
| `type` | every row | `view`, `click`, `order`, or `impression`: an ad that another system showed |
| `user_id` | every row | the shop's own id, 1 to 256 characters; it becomes a pseudonym before anything is sent |
| `time` | any row | RFC 3339 or Parquet's; without a zone it is UTC; needed only for `--speed` and `--keep-times` |
| `event_id`, `source` | any row | the event's identity; made from the file's checksum and the row where absent |
| `clicked` | impressions | true: a click with the impression's token follows it |
| `impression_id` | impressions | the log's own id; see below; made like an `event_id` where absent |
| anything else | | a field of the message of that type, as in the protos |

A JSON line with a name that its type does not have is rejected, because ignoring it could lose data. A table has all
its columns in every row, so a value of 0, false or "" in a column that only other types have counts as absent. Columns
and struct fields that no type has (pandas' `__index_level_0__`) are skipped and reported at the end. A column that is
there twice is refused. In a table alone, these values are read too (`log_table.py`):

| name | value of a table | read as |
|---|---|---|
| ids and other texts | a whole number (in a float column below 2^53), a UUID | its text: `7` is "7" |
| `event_id` | 16 bytes | the text of that UUID |
| `clicked` | 1, 0, 1.0, 0.0 | true, false |
| `time` | a date without a time of day | midnight in UTC at its beginning |

Impressions are marked `foreign` and carry the log's own propensity. A log's `impression_id` may stand for a page or a
request of many shoppers, so it is not an identity by itself: the impression is sent under a digest of it, of the
pseudonym, the place and the decision. Rows that agree in all of these are copies of one impression.

Rows with the same identity count as one event while the consumers remember the identity: 24 hours in profiles and in
outcomes, three days in reports. A log that is replayed again within that time counts once; later it counts again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2
from services.common.clock import to_ms
from services.common.errors import Rejected
from services.common.secrets import Secrets
from services.common.token import Token
from services.wire.codec import rfc3339
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.codec.headers import PROTOBUF, EventHeaders
from services.wire.codec.json_codec import set_field
from services.wire.codec.rules import HIDDEN
from services.wire.codec.shop_events import MAX_USER_CHARACTERS, Payload, admit_payload

Row = Mapping[str, object]

SOURCE = "replay"
CLICK_DELAY = timedelta(milliseconds=1)
"""Time from an impression to its logged click: logs record whether there was a click, not when."""

_LAST_CLICK = datetime.max.replace(tzinfo=UTC) - CLICK_DELAY

_PAYLOADS: dict[str, type[Payload]] = {
    "view": events_pb2.View,
    "click": events_pb2.Click,
    "order": events_pb2.Order,
}
_OWN = frozenset({"type", "time", "event_id", "source", "clicked"})
_MESSAGES: dict[str, type[Message]] = {**_PAYLOADS, "impression": impression_pb2.Impression}
Names = Mapping[str, "Names | None"]
"""Known names, each with the names in its message; None: any name may be in it, or it holds no names."""


def _inner(field: FieldDescriptor) -> Names | None:
    """The names in a field's message, in the two spellings that proto3 JSON reads; None for maps, times and scalars."""
    kind = field.message_type
    if kind is None or kind.GetOptions().map_entry or kind.full_name == Timestamp.DESCRIPTOR.full_name:
        return None
    return {name: _inner(each) for each in kind.fields for name in (each.name, each.camelcase_name)}


_FIELDS = [field for kind in _MESSAGES.values() for field in kind.DESCRIPTOR.fields]

NAMES: Names = dict.fromkeys(_OWN) | {field.name: _inner(field) for field in _FIELDS}
"""All names that at least one row type has."""

TEXTS = frozenset({"event_id", "source"}.union(field.name for field in _FIELDS if field.type == field.TYPE_STRING))
"""The names of texts, and of lists of texts."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a log row: the log's checksum and the row's number, from 1."""

    log: str
    row: int

    def text(self) -> str:
        """The event id of a row without an `event_id`.

        >>> Identity("0123456789abcdef", 7).text()
        '0123456789abcdef-7'
        """
        return f"{self.log[:16]}-{self.row}"


def names_of(kind: object) -> Container[str]:
    """The names that rows of this type may have; all known names where there is no such type.

    >>> "quantity" in names_of("order"), "quantity" in names_of("view"), "quantity" in names_of("hover")
    (True, False, True)
    """
    message = _MESSAGES.get(kind) if isinstance(kind, str) else None
    return NAMES if message is None else _OWN.union(message.DESCRIPTOR.fields_by_name)


def time_of(row: Row) -> datetime | None:
    """The time of the row in UTC, None if it has none; raises `Rejected` for an invalid time."""
    value = row.get("time")
    if value is None:
        return None
    try:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        return _moment(str(value))
    except (ValueError, OverflowError) as exc:  # OverflowError: in UTC the time is before year 1 or after year 9999
        raise Rejected("invalid", "time", str(value), "an RFC 3339 time such as 2026-01-31T12:00:00Z") from exc


def _moment(text: str) -> datetime:
    """Parses an RFC 3339 time, as UTC if it names no zone; raises ValueError.

    >>> _moment("2026-03-01 12:00:00").isoformat(), _moment("2026-03-01T12:00:00+01:00").isoformat()
    ('2026-03-01T12:00:00+00:00', '2026-03-01T11:00:00+00:00')
    """
    try:
        return rfc3339.parse(text)
    except ValueError:
        return rfc3339.parse(f"{text}Z")


def records_of(row: Row, identity: Identity, time: datetime, secrets: Secrets) -> list[Record]:
    """The records of `row` at `time`: one event, or an impression and its click; raises `Rejected`."""
    kind = row.get("type")
    if kind == "impression":
        return _impression(row, identity, time, secrets)
    if not isinstance(kind, str) or kind not in _PAYLOADS:
        raise Rejected("invalid", "type", kind, "one of view, click, order, impression")
    payload = _PAYLOADS[kind]()
    for name, value in row.items():
        if name not in _OWN:
            set_field(payload, name, value)
    headers = EventHeaders(PROTOBUF, *_identity(row, identity), payload.DESCRIPTOR.full_name, time)
    return [admit_payload(payload, headers, secrets.pseudonym_key)]


def _identity(row: Row, identity: Identity) -> tuple[str, str]:
    """Event id and source."""
    return _text(row, "event_id") or identity.text(), _text(row, "source") or SOURCE


def _impression(row: Row, identity: Identity, time: datetime, secrets: Secrets) -> list[Record]:
    event_id, source = _identity(row, identity)
    shown = impression_pb2.Impression(foreign=True, guard_index=-1)
    for name, value in row.items():
        if name not in _OWN | {"user_id", "foreign"}:
            set_field(shown, name, value)
    shown.user_id = secrets.pseudonym_key.pseudonym(_user(row))
    shown.impression_id = _impression_id(shown) if shown.impression_id else f"{SOURCE}-{identity.text()}"
    shown.shown_at.FromDatetime(time)
    shown.target_propensities.setdefault(shown.policy_id, shown.propensity)
    key = shown.user_id.encode()
    clicked = row.get("clicked", False)
    if not isinstance(clicked, bool):
        raise Rejected("invalid", "clicked", clicked, "true or false")
    records = [encode(shown, event_id=event_id, source=source, time=time, key=key)]
    if clicked:
        click = events_pb2.Click(
            user_id=shown.user_id,
            product_id=shown.product_id,
            impression_token=secrets.token_keys.sign(_token(shown)),
        )
        when = min(time, _LAST_CLICK) + CLICK_DELAY
        records.append(encode(click, event_id=f"{event_id}-click", source=source, time=when, key=key))
    return records


def _impression_id(shown: impression_pb2.Impression) -> str:
    """`replay-` + 32 hex digits over the log's own id, user, slot and decision; never two decisions under one id."""
    slot = (shown.impression_id, shown.request_id, shown.user_id, shown.placement_id, shown.format, shown.slot)
    chosen = (shown.policy_id, shown.policy_version, shown.creative_id, shown.product_id, shown.propensity)
    return f"{SOURCE}-{hashlib.sha256(json.dumps([slot, chosen]).encode()).hexdigest()[:32]}"


def _token(shown: impression_pb2.Impression) -> Token:
    return Token(
        shown.impression_id,
        shown.user_id,
        shown.creative_id,
        shown.product_id,
        shown.propensity,
        shown.placement_id,
        shown.slot,
        to_ms(shown.shown_at.ToDatetime(UTC)),
        imported=True,
    )


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise Rejected("invalid", name, value, "text")


def _user(row: Row) -> str:
    user = row.get("user_id")
    if isinstance(user, str) and 0 < len(user) <= MAX_USER_CHARACTERS:
        return user
    raise Rejected("invalid", "user_id", user and HIDDEN, f"1 to {MAX_USER_CHARACTERS} characters")
