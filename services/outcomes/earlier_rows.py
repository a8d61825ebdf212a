"""Waiting clicks and orders that an earlier release stored, brought to the form of this one; pure.

Earlier releases kept a click or order whose impression had not come under the impression's id alone, which may stand
for several decisions, and an order without its currency. The stored message says both: its token what was served, its
fields what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from protos.gen.adloom.events.v1 import events_pb2
from services.common.errors import TokenRefused
from services.common.token import read_verified
from services.outcomes import pending_event
from services.outcomes.decision_name import is_waiting_key, waiting_key

Row = tuple[Any, ...]  # the fields of `state.TokenEvent`, in their order, the last ones left out by earlier versions
_RAW: Final = 5
_WITH_CURRENCY: Final = 7


def clicks_of(stored: Mapping[str, Row]) -> dict[str, Row]:
    """Clicks by the key under which they belong now."""
    return {_key(key, row, events_pb2.Click): row for key, row in stored.items()}


def orders_of(stored: Mapping[str, Iterable[Row]]) -> dict[str, list[Row]]:
    """Orders by the key under which they belong now, with their currencies where they are known."""
    found: dict[str, list[Row]] = {}
    for key, rows in stored.items():
        for row in rows:
            found.setdefault(_key(key, row, events_pb2.Order), []).append(_with_currency(row))
    return found


def _key(key: str, row: Row, kind: type[events_pb2.Click | events_pb2.Order]) -> str:
    if not row[_RAW] or is_waiting_key(key):
        return key
    try:
        token = read_verified(kind.FromString(pending_event.unpack(row[_RAW]).value or b"").impression_token)
    except TokenRefused:  # a token of another form: the id alone decides, as it did in the release that stored the row
        return key
    return waiting_key(token.impression_id, token.creative_id, token.propensity)


def _with_currency(row: Row) -> Row:
    if len(row) >= _WITH_CURRENCY or not row[_RAW]:
        return row
    return (*row, events_pb2.Order.FromString(pending_event.unpack(row[_RAW]).value or b"").currency)
