"""Reads and writes CloudEvents attributes as Kafka headers (binary mode): tolerant in reading, one form in writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from services.common.errors import Rejected
from services.wire.codec import rfc3339
from services.wire.codec.record_bytes import UNREADABLE_NAME

PROTOBUF = "application/protobuf"
JSON = "application/json"

MAX_ATTRIBUTE_CHARACTERS = 256
"""The longest event id or source. Ids are remembered for a day, so their length costs memory."""

READ = frozenset({"content-type", "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "traceparent"})
"""The headers that `read_headers` uses, by lower-case name."""

REPARTITIONED = "adloom_moved"
"""Header of a message that was published again to the partition of its key; its value is the original position."""

APPENDED_MS = "adloom_appended_ms"
"""Header beside it: the LogAppendTime of the first append, milliseconds since 1970 (`moved.py`)."""


@dataclass(frozen=True, slots=True)
class EventHeaders:
    """The attributes of one event."""

    content_type: str  # PROTOBUF or JSON
    event_id: str
    source: str
    type: str
    time: datetime
    traceparent: str = ""


def read_headers(headers: Iterable[tuple[str, bytes | None]]) -> EventHeaders:
    """The attributes in `headers`; unknown headers are ignored.

    Raises `Rejected`: `undecodable` where the content type is missing or unknown, or a header's name is not UTF-8;
    `invalid` for everything else.
    """
    found = _collect(headers)
    content_type = _content_type(found.get("content-type"))
    version = _known_text("ce_specversion", found.get("ce_specversion"))
    if version != "1.0":
        raise Rejected("invalid", "ce_specversion", version, "'1.0'")
    return EventHeaders(
        content_type,
        _text("ce_id", found.get("ce_id")),
        _known_text("ce_source", found.get("ce_source")),
        _known_text("ce_type", found.get("ce_type")),
        _time(found.get("ce_time")),
        traceparent_of((found.get("traceparent") or b"").decode("ascii", "replace")),
    )


def write_headers(headers: EventHeaders) -> tuple[tuple[str, bytes], ...]:
    """The headers that `read_headers` reads back; raises `Rejected` for what `read_headers` would refuse."""
    written = [
        ("ce_specversion", b"1.0"),
        ("ce_id", _checked("ce_id", headers.event_id).encode()),
        ("ce_type", _checked("ce_type", headers.type).encode()),
        ("ce_source", _checked("ce_source", headers.source).encode()),
        ("ce_time", rfc3339.text(headers.time).encode()),
        ("content-type", headers.content_type.encode()),
    ]
    if headers.traceparent:
        written.append(("traceparent", headers.traceparent.encode()))
    return tuple(written)


def _collect(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, bytes | None]:
    """The headers in `READ`, by lower-case name; a repeated header must have the same value each time."""
    found: dict[str, bytes | None] = {}
    for name, value in headers:
        name = name.lower()
        if name not in READ:
            if name == UNREADABLE_NAME:
                raise Rejected("undecodable", "header", value, "a name in UTF-8")
            continue
        if name in found and found[name] != value:
            raise Rejected("invalid", name, [found[name], value], "one value")
        found[name] = value
    return found


def _content_type(value: bytes | None) -> str:
    """PROTOBUF or JSON; parameters may follow, and a `charset` must be UTF-8."""
    if value == b"application/protobuf":
        return PROTOBUF
    shown = None if value is None else value.decode("utf-8", "replace")
    media, *parameters = (shown or "").lower().split(";")
    charset = dict(p.strip().partition("=")[::2] for p in parameters).get("charset", "utf-8").strip('" ')
    if media.strip() not in (PROTOBUF, JSON) or charset not in ("utf-8", "utf8", "us-ascii"):
        raise Rejected("undecodable", "content-type", shown, f"{PROTOBUF} or {JSON} (UTF-8)")
    return media.strip()


def _text(name: str, value: bytes | None) -> str:
    if value is None:
        raise Rejected("invalid", name, None, "a header with UTF-8 text")
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Rejected("invalid", name, value, "UTF-8 text") from exc
    return _checked(name, text)


_known_text = lru_cache(maxsize=1024)(_text)
"""For headers whose values many events share."""


def _checked(name: str, text: str) -> str:
    if not 0 < len(text) <= MAX_ATTRIBUTE_CHARACTERS or not text.isprintable():
        raise Rejected("invalid", name, text, f"1 to {MAX_ATTRIBUTE_CHARACTERS} printable characters")
    return text


def _time(value: bytes | None) -> datetime:
    text = _text("ce_time", value)
    try:
        return rfc3339.parse(text)
    except ValueError as exc:
        raise Rejected("invalid", "ce_time", text, "an RFC 3339 time such as 2026-01-31T12:00:00Z") from exc


def traceparent_of(text: str) -> str:
    """The trace context, or "" where it is malformed: W3C says to start a new trace then, not to refuse the message."""
    return text if len(text) == 55 and text.isprintable() and text.count("-") == 3 else ""
