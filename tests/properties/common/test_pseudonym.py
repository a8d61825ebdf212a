"""Pseudonyms are the first 32 hex digits of an HMAC-SHA256, computed here from two plain hashes (RFC 2104)."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.partition import partition_of
from services.common.pseudonym import PseudonymKey, is_pseudonym

BLOCK_BYTES = 64
KEY_IDS = st.integers(1, 9999)
SECRETS = st.binary(min_size=1, max_size=100)
USERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def hmac_by_hand(secret: bytes, message: bytes) -> str:
    key = (hashlib.sha256(secret).digest() if len(secret) > BLOCK_BYTES else secret).ljust(BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).hexdigest()


@given(KEY_IDS, SECRETS, USERS)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_pseudonym_is_the_documented_keyed_hash(key_id: int, secret: bytes, user: str) -> None:
    pseudonym = PseudonymKey(key_id, secret).pseudonym(user)
    assert pseudonym == f"u{key_id}-{hmac_by_hand(secret, user.encode())[:32]}"
    assert is_pseudonym(pseudonym)
    assert not user or user not in pseudonym[len(f"u{key_id}-") :] or len(user) < 4


@given(USERS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_no_ordinary_text_is_taken_for_a_pseudonym(text: str) -> None:
    assert not is_pseudonym(text)


@given(st.sampled_from(["upper", "short", "long", "no id", "zero id", "newline", "blank", "foreign digits"]), USERS)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_what_only_resembles_a_pseudonym_is_none(change: str, user: str) -> None:
    true = PseudonymKey(1, b"secret").pseudonym(user)
    near = {
        "upper": "U" + true[1:],
        "short": true[:-1],
        "long": true + "0",
        "no id": true.replace("u1-", "u-", 1),
        "zero id": true.replace("u1-", "u0-", 1),
        "newline": true + "\n",
        "blank": " " + true,
        "foreign digits": true.replace("u1-", "u\u0661-", 1),
    }[change]
    assert not is_pseudonym(near)


def test_pseudonyms_spread_over_all_partitions() -> None:
    key = PseudonymKey(1, b"secret")
    found = {partition_of(key.pseudonym(f"user-{n}").encode(), 6) for n in range(200)}
    assert found == set(range(6))
