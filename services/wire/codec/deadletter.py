"""Dead letters: messages that cannot be used, kept as received, with the reason and key, on topic `ad.deadletter`.

A dead letter's identity is the (topic, partition, offset) of its origin. After a crash it may be written again.

A dead letter keeps only the headers and fields that we know (`known_headers.py`, `known_fields.py`), because an unknown
one may name a person (law 7). A message without unknown fields keeps its bytes. A message that may still show a raw
user id (`raw_user.py`) loses its key and value, and keeps only those headers whose form shows that they are harmless:
an event id or a source may hold the user id, too.

A value is redacted as soon as it shows a raw user or an e-mail address, bare or after the wrappings that producers use
are removed (`unwrapped.py`), and also where it is compressed in a way that is not opened here. All other bytes are
kept as received, even where nobody can read them, because whoever must find the fault needs them.

A scan that raises gives a redacted letter, too: its worker would otherwise stop at the same record for ever.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from services.common.errors import Rejected
from services.common.topics import DEADLETTER
from services.wire.codec.encode import largest
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.hidden_person import hides_person
from services.wire.codec.known_fields import KINDS, known_part
from services.wire.codec.known_headers import Kept, harmless_headers, known_headers
from services.wire.codec.raw_user import shows_raw_user

log = logging.getLogger(__name__)

REDACTED = b"redacted"

_OWN = "adloom_"
_CUT_KEY_BYTES = 1024
_CUT_VALUE_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a dead letter came from, and why it is one."""

    topic: str
    partition: int
    offset: int
    reason: str


def dead_letter(raw: RawRecord, reason: str, redact: bool, attempts: int = 1) -> Record:
    """`raw` as a dead letter with `reason`; redacted where `redact` is set, and where it may show who the user is.

    A record larger than the topic takes (a compressed batch may unpack to one) is cut; its full size is kept in the
    header `adloom_cut_from_bytes`.
    """
    own = {
        "adloom_reason": reason,
        "adloom_topic": raw.topic,
        "adloom_partition": str(raw.partition),
        "adloom_offset": str(raw.offset),
        "adloom_attempts": str(attempts),
    }
    added = tuple((name, value.encode()) for name, value in own.items())
    key, value, headers = (None if redact else _kept(raw)) or (REDACTED, REDACTED, harmless_headers(raw.headers))
    return _fitting(Record(DEADLETTER, key, value, headers + added), added)


def _kept(raw: RawRecord) -> tuple[bytes | None, bytes | None, Kept] | None:
    """The key, value and headers that may be kept; None where they may show the user, or the scan of them fails."""
    try:
        value = None if shows_raw_user(raw) else _kept_value(raw)
        return None if value is None else (raw.key, raw.value and value, known_headers(raw.headers))
    except Exception as failure:  # a bug of the scan; the failure's text may show the data, so only its type is logged
        place = (raw.topic, raw.partition, raw.offset)
        log.error("redacted %s/%d/%d, because its scan raised %s", *place, type(failure).__name__)
        return None


def _kept_value(raw: RawRecord) -> bytes | None:
    """The value, or the part of it that may be kept; None where nothing may be kept."""
    value = raw.value or b""
    if raw.topic not in KINDS:
        return value
    known = known_part(raw.topic, value)
    return None if known is None or hides_person(known) else known


def _fitting(letter: Record, added: tuple[tuple[str, bytes], ...]) -> Record:
    """`letter`, cut to the size that the topic takes."""
    size = letter.size_bytes()
    if size <= largest(DEADLETTER):
        return letter
    cut = (*added, ("adloom_cut_from_bytes", str(size).encode()))
    return Record(DEADLETTER, (letter.key or b"")[:_CUT_KEY_BYTES], (letter.value or b"")[:_CUT_VALUE_BYTES], cut)


def read_origin(raw: RawRecord) -> Origin:
    """Where the dead letter `raw` came from; raises `Rejected` for a message that is not a dead letter."""
    found = dict(raw.headers)
    try:
        texts = [(found.get(f"{_OWN}{name}") or b"").decode() for name in ("topic", "partition", "offset", "reason")]
        topic, partition, offset, reason = texts
        if topic and reason:
            return Origin(topic, int(partition), int(offset), reason)
    except ValueError:
        pass  # falls through to the refusal
    raise Rejected("invalid", "headers", sorted(found), "adloom_reason, adloom_topic, adloom_partition, adloom_offset")
