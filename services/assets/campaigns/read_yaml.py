"""Reads campaigns from YAML: a list of them, or `campaigns:` with the list. Keys are the fields of the proto.

    - campaign_id: spring-dresses
      product_types: [Clothing > Dresses]
      placements: [front]
      starts_at: 2026-12-01                # as the day begins in time_zone; or with a time of day, or an offset
      ends_at: 2026-12-24T18:00            # the first moment after it; needs a time of day
      time_zone: Europe/Berlin
      impression_budget: 100000
      frequency_caps: [{impressions: 3, within_s: 86400}]

Scalars are read by the type of their field, never guessed: `no` is Norwegian, and an id of digits stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import yaml
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign, FrequencyCap
from services.common.errors import Misconfigured, Rejected
from services.common.one_line import one_line

LARGEST_BYTES: Final = 8 * 1024 * 1024
_SET_BY_US: Final = {"created_at", "changed_by", "changed_why"}
_FIELDS: Final = {name: field for name, field in Campaign.DESCRIPTOR.fields_by_name.items() if name not in _SET_BY_US}
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BOOLEANS: Final = {"true": True, "yes": True, "false": False, "no": False}
_PACINGS: Final = {"even": "PACING_EVEN", "asap": "PACING_ASAP"}
_MOMENT: Final = 'a moment like "2026-12-01T08:00" or "2026-12-01T08:00+01:00"'
_MOST_WORDS: Final = 200  # characters of what a file says, in a message


class _Loader(yaml.BaseLoader):
    """Reads every scalar as text; a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """See yaml."""
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in found:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice or is no word", key_node.start_mark
                )
            found[key] = self.construct_object(value_node, deep=True)
        return found


def read_yaml(path: Path) -> list[Campaign]:
    """The campaigns of a file; raises `Misconfigured` for a file that cannot be read, `Rejected` for a bad field."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Misconfigured(f"{path}: {path.stat().st_size} bytes where at most {LARGEST_BYTES} were expected.")
        return campaigns_of(path.read_text("utf-8-sig"), str(path))
    except OSError as exc:
        raise Misconfigured(f"{path} cannot be read: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise Misconfigured(f"{path}: {exc.object[exc.start : exc.start + 4]!r} where UTF-8 was expected.") from exc


def campaigns_of(text: str, name: str) -> list[Campaign]:
    """The campaigns in a text; `name` is what it is called in errors."""
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 - it makes nothing but texts, lists and dictionaries
    except (yaml.YAMLError, RecursionError) as exc:
        raise Misconfigured(f"{name} is no YAML: {one_line(str(exc)[:_MOST_WORDS])}.") from exc
    if isinstance(found, dict) and set(found) == {"campaigns"}:
        found = found["campaigns"]
    if not isinstance(found, list) or not found:
        raise Misconfigured(f"{name}: {one_line(_shown(found)[:_MOST_WORDS])} where a list of campaigns was expected.")
    return [_campaign(fields, f"campaigns[{number}]") for number, fields in enumerate(found)]


def _campaign(fields: object, where: str) -> Campaign:
    if not isinstance(fields, dict):
        raise Rejected("invalid", where, _shown(fields), "a campaign with its fields")
    campaign_id = fields.get("campaign_id")
    where = (
        f"{where} ({one_line(campaign_id[:_MOST_WORDS])})" if isinstance(campaign_id, str) and campaign_id else where
    )
    zone = fields.get("time_zone", "")
    if zone and (not isinstance(zone, str) or zone not in available_timezones()):
        raise Rejected("invalid", f"{where}.time_zone", _shown(zone), 'a zone like "Europe/Berlin"')
    campaign = Campaign()
    _fill(campaign, fields, where, _FIELDS, ZoneInfo(zone or "UTC"))
    return campaign


def _fill(
    message: Message, values: Mapping[str, object], where: str, fields: Mapping[str, FieldDescriptor], zone: ZoneInfo
) -> None:
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            raise Rejected(
                "unknown_key",
                f"{where}.{one_line(str(key)[:_MOST_WORDS])}",
                _shown(value),
                f"no such key, but one of {', '.join(fields)},",
            )
        at = f"{where}.{key}"
        if not field.is_repeated:
            _set(message, field, _value(field, value, at, zone))
            continue
        if not isinstance(value, list):
            raise Rejected("invalid", at, _shown(value), "a list like [first, second]")
        found = [_value(field, one, f"{at}[{number}]", zone) for number, one in enumerate(value)]
        getattr(message, key).extend(found)


def _set(message: Message, field: FieldDescriptor, value: Any) -> None:
    if isinstance(value, datetime):
        getattr(message, field.name).FromDatetime(value)
    else:
        setattr(message, field.name, value)


def _value(field: FieldDescriptor, value: object, where: str, zone: ZoneInfo) -> Any:
    if field.message_type is not None and field.message_type.full_name == FrequencyCap.DESCRIPTOR.full_name:
        if not isinstance(value, dict):
            raise Rejected("invalid", where, _shown(value), "a cap like {impressions: 3, within_s: 86400}")
        cap = FrequencyCap()
        _fill(cap, value, where, dict(FrequencyCap.DESCRIPTOR.fields_by_name), zone)
        return cap
    if not isinstance(value, str):
        raise Rejected("invalid", where, _shown(value), "one value")
    if field.message_type is not None:
        return _moment(value, where, zone, whole_day=field.name == "starts_at")
    read, expected = _READERS[field.cpp_type]
    found = read(value)
    if found is None:
        raise Rejected("invalid", where, value, expected)
    return found


def _moment(value: str, where: str, zone: ZoneInfo, *, whole_day: bool) -> datetime:
    if _DAY.fullmatch(value) and not whole_day:
        raise Rejected("invalid", where, value, f"{_MOMENT}, as a day alone does not say whether it is the last one,")
    try:
        found = datetime.fromisoformat(value)
    except ValueError as exc:
        raise Rejected("invalid", where, value, _MOMENT) from exc
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _whole(value: str) -> int | None:
    return int(value) if _WHOLE.fullmatch(value) else None


_READERS: Final[Mapping[int, tuple[Callable[[str], Any], str]]] = {
    FieldDescriptor.CPPTYPE_STRING: (lambda value: value, "text"),
    FieldDescriptor.CPPTYPE_INT32: (_whole, "a whole number"),
    FieldDescriptor.CPPTYPE_INT64: (_whole, "a whole number"),
    FieldDescriptor.CPPTYPE_BOOL: (lambda value: _BOOLEANS.get(value.lower()), "true or false"),
    FieldDescriptor.CPPTYPE_ENUM: (lambda value: _PACINGS.get(value.lower()), "even or asap"),
}


def _shown(value: object) -> str:
    """A text itself; of other things what they are."""
    kinds = {list: "a list", dict: "a mapping", type(None): "nothing"}
    return value if isinstance(value, str) else kinds.get(type(value), type(value).__name__)
