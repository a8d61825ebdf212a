"""Selects the headers that a dead letter keeps: known ones, without values that may name a person; pure.

A sender chooses the names of its headers, too. So not even the name of an unknown one (`ce_subject`) is kept.
"""

from __future__ import annotations

import re
from typing import Final

from services.wire.codec import rfc3339
from services.wire.codec.addresses import names_address
from services.wire.codec.envelope import Headers
from services.wire.codec.headers import APPENDED_MS, REPARTITIONED
from services.wire.codec.hidden_person import hides_person
from services.wire.codec.moved import POSITION_FORM, TIME_FORM

Kept = tuple[tuple[str, bytes], ...]

_FREE: Final = frozenset({"ce_id", "ce_source"})
"""Headers whose values have no form."""

_MOST_FREE_BYTES: Final = 8 * 1024
"""A longer id or source is not scanned, and not kept."""

_OUR_TYPE: Final = rb"adloom\.[a-z]{1,20}\.v\d{1,3}\.[A-Za-z]{1,40}"
_FORMS: Final = {
    "content-type": re.compile(rb"(application|text)/[a-z0-9.+-]{1,40}(; ?charset=[a-z0-9-]{1,20})?", re.IGNORECASE),
    "ce_specversion": re.compile(rb"\d{1,3}(\.\d{1,3})?"),
    "ce_type": re.compile(_OUR_TYPE),
    "traceparent": re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"),
    REPARTITIONED: POSITION_FORM,
    APPENDED_MS: TIME_FORM,
}


def known_headers(headers: Headers) -> Kept:
    """Those kept of a message that shows no user: known ones in their form, ids and sources without an address."""
    return tuple((name, value) for name, value in headers if value is not None and _is_known(name.lower(), value))


def harmless_headers(headers: Headers) -> Kept:
    """The headers kept of a message that may name a person: known ones whose values have exactly the expected form.

    >>> harmless_headers((("ce_specversion", b"1.0"), ("ce_type", b"alice"), ("ce_id", b"1"), ("Ce_Time", b"now")))
    (('ce_specversion', b'1.0'),)
    """
    return tuple((name, value) for name, value in headers if value is not None and _is_harmless(name.lower(), value))


def _is_known(name: str, value: bytes) -> bool:
    if name not in _FREE:
        return _is_harmless(name, value)
    return len(value) <= _MOST_FREE_BYTES and not (names_address(value) or hides_person(value))


def _is_harmless(name: str, value: bytes) -> bool:
    if name == "ce_time":
        return _is_time(value)
    return name in _FORMS and _FORMS[name].fullmatch(value) is not None


def _is_time(value: bytes) -> bool:
    try:
        return bool(rfc3339.parse(value.decode("ascii")))
    except ValueError:
        return False
