"""Decides whether a value may name a person under a wrapping (`unwrapped.py`), or in the text of a known field; pure.

A wrapped message counts as one that came bare: it hides nobody only where the whole of it would be kept.
"""

from __future__ import annotations

import re
from typing import Final

from services.common.pseudonym import is_pseudonym
from services.wire.codec.addresses import names_address, names_whole_address
from services.wire.codec.known_fields import KINDS, known_part, users_of
from services.wire.codec.raw_user import json_users
from services.wire.codec.text_forms import is_text, swept
from services.wire.codec.unwrapped import Content, unwrapped

_HARMLESS: Final = re.compile(
    rb"user_?(?:id)?[\\\"']{0,4}\s{0,3}[:=]\s{0,3}[\\\"']{0,4}u\d{1,4}-[0-9a-f]{32}(?![0-9a-f])|user[_-]?agent"
    rb"|(?<![a-z_])trouser|h(?:\xc3[\x84\xa4]|\\u00[ce]4)user|(?<![a-z_])multi-user(?![\w.-])|user-friendly(?![\w.-])",
    re.IGNORECASE,
)
"""Pseudonyms, and words of shops. `superuser: x`, `appuser=x` and `end user: x` may name a person, so they count."""

_USER_FIELD: Final = re.compile(
    rb"user_?id(?![a-z])"
    rb"|user[\w.-]{0,40}[\\\"'\])]{0,4}\s{0,3}[:=>]"  # "user": "alice", user=alice, <user>alice
    rb"|name[\\\"']{1,4}\s{0,3}:\s{0,3}[\\\"']{1,4}\w{0,40}user",  # a field of an Avro schema
    re.IGNORECASE,
)


def hides_person(value: bytes) -> bool:
    """Whether `value` names a user or shows an e-mail address somewhere, or holds what cannot be looked into.

    >>> import base64, gzip
    >>> hides_person(base64.b64encode(gzip.compress(b"user=alice"))), hides_person(b"a user manual, 50 % off")
    (True, False)
    """
    return _names(value, *swept(value)) or any(inner is None or _shows(inner) for inner in unwrapped(value))


def _shows(inner: Content) -> bool:
    """Whether bytes that lay under a wrapping would lose anything as a dead letter of their own."""
    data = inner.data
    users = users_of(data)
    if users and not any(is_pseudonym(user) and known_part(topic, data) == data for topic, user in users.items()):
        return True
    named = json_users(data)
    if named is not None and not all(isinstance(user, str) and is_pseudonym(user) for user in named):
        return True
    if named is not None and all(known_part(topic, data) != data for topic in KINDS):
        return True
    if inner.part:  # all that is plain in it was seen in what it lay in
        return False
    return _names(data, *swept(data)) or names_address(data) if is_text(data) else _names(data)


def _names(*texts: bytes) -> bool:
    """Whether one of them contains the name of a user field, or a whole address."""
    return any(_names_user(text) or names_whole_address(text) for text in (text.replace(b"\0", b"") for text in texts))


def _names_user(data: bytes) -> bool:
    # Most bytes do not have the word: this is much faster than to search for the expression.
    return b"user" in data.lower() and _USER_FIELD.search(_HARMLESS.sub(b"", data)) is not None
