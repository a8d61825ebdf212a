"""Decides whether a message that cannot be used may show who the user is; pure.

The rule, on topics keyed by user (law 7). A message shows no user where its key is a pseudonym or absent, and its value

- is protobuf whose user is a pseudonym; or
- is JSON in which every field with "user" in its name, at any depth, holds a pseudonym; or
- is neither, and has no trace of a user: not the word "user" in any case, no backslash that may hide it, and at the
  protobuf tag of the user nothing but a pseudonym.

Every other message counts as showing one: it is better to lose the bytes of a broken message than to keep a name.
"""

from __future__ import annotations

import json
import re
from typing import Final

from services.common.pseudonym import is_pseudonym
from services.wire.codec.envelope import RawRecord
from services.wire.codec.known_fields import KINDS, message_of

_HARMLESS: Final = re.compile(rb'"user_?id"\s*:\s*"u\d+-[0-9a-f]{32}"|"user_?agent"\s*:', re.IGNORECASE)
_TRACE: Final = re.compile(rb"user|\\", re.IGNORECASE)
_USER_AGENT: Final = "useragent"

Pairs = list[tuple[str, object]]


def shows_raw_user(raw: RawRecord) -> bool:
    """Whether `raw`, on a topic keyed by user, shows or may show a user id that is no pseudonym."""
    if raw.topic not in KINDS:
        return False
    if raw.key is not None and not is_pseudonym(raw.key.decode("latin-1")):
        return True
    value = raw.value or b""
    message = message_of(raw.topic, value)
    if message is not None:
        return not is_pseudonym(message.user_id)  # type: ignore[attr-defined]  # user-keyed: it has one
    named = json_users(value)
    if named is not None:
        return not all(isinstance(name, str) and is_pseudonym(name) for name in named)
    return _has_trace(raw.topic, value)


def json_users(value: bytes) -> list[object] | None:
    """The values of all user fields of a JSON object, at any depth, repeated names included; None for anything else."""
    pairs: Pairs = []

    def gather(some: Pairs) -> dict[str, object]:
        pairs.extend(some)
        return {}

    try:
        found = json.loads(value, object_pairs_hook=gather)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return [named for name, named in pairs if "user" in (plain := _plain(name)) and plain != _USER_AGENT]


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _has_trace(topic: str, value: bytes) -> bool:
    """Whether a value that is neither protobuf nor JSON has a trace of a user; NULs (UTF-16, UTF-32) are ignored."""
    if _TRACE.search(_HARMLESS.sub(b"", value.replace(b"\0", b""))):
        return True
    number = KINDS[topic].DESCRIPTOR.fields_by_name["user_id"].number
    tag = bytes([number << 3 | 2])
    # Field 1 is at the very start; a later field may be anywhere.
    at = value.find(tag, 0, 1 if number == 1 else None)
    if at < 0:
        return False
    length = int.from_bytes(value[at + 1 : at + 2])
    return not is_pseudonym(value[at + 2 : at + 2 + length].decode("latin-1"))
