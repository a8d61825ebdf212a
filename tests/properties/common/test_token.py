"""Nobody can claim an impression that they were not shown: whatever is changed in a token, it is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.common.clock import to_ms
from services.common.errors import TokenRefused
from services.common.token import LIFETIME, Token, TokenKeys

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = TokenKeys("1", {"1": b"first key".ljust(32, b"."), "2": b"second key".ljust(32, b".")})
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\u00e9"
SHOWN = Token("imp-1", "u1-" + "0" * 32, "creative-1", "product-1", 0.25, "home-top", 0, to_ms(NOW))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TOKENS = st.builds(
    Token, NAMES, NAMES, NAMES, NAMES, st.floats(0, 1, exclude_min=True), NAMES,
    st.integers(0, 32), st.just(to_ms(NOW)), st.booleans(), st.booleans(),
)  # fmt: skip
LAW = settings(max_examples=300, derandomize=True, deadline=None)


def refusal(text: str, keys: TokenKeys = KEYS, now: datetime = NOW) -> str:
    with pytest.raises(TokenRefused) as refused:
        keys.verify(text, now)
    return refused.value.reason


@given(TOKENS)
@LAW
def test_what_was_signed_is_what_comes_back(token: Token) -> None:
    assert KEYS.verify(KEYS.sign(token), NOW) == token


@given(TOKENS)
@LAW
def test_a_token_is_the_documented_construction(token: Token) -> None:
    payload, mac = KEYS.sign(token).split(".")
    data = base64.urlsafe_b64decode(payload + "==")
    expected = hmac.new(KEYS.secrets["1"], data, hashlib.sha256).digest()[:16]
    values = astuple(token)
    assert json.loads(data) == ["1", *(values[:-1] if token.profile else values)]
    assert base64.urlsafe_b64decode(mac + "==") == expected


@given(TOKENS, st.data())
@LAW
def test_any_flipped_bit_is_refused(token: Token, data: st.DataObject) -> None:
    raw = bytearray(KEYS.sign(token).encode())
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(raw.decode("latin-1")) == "forged"


@given(st.data())
@settings(max_examples=600, derandomize=True, deadline=None)
def test_any_changed_added_or_missing_character_is_refused(data: st.DataObject) -> None:
    text = KEYS.sign(SHOWN)
    at = data.draw(st.integers(0, len(text)))
    taken = data.draw(st.integers(0, 1))
    changed = text[:at] + data.draw(st.sampled_from([*ALPHABET, ""])) + text[at + taken :]
    assume(changed != text)
    assert refusal(changed) == "forged"


def test_every_single_bit_of_payload_and_mac_is_covered_by_the_signature() -> None:
    parts = [base64.urlsafe_b64decode(part + "==") for part in KEYS.sign(SHOWN).split(".")]
    for which, part in enumerate(parts):
        for bit in range(8 * len(part)):
            changed = bytearray(part)
            changed[bit // 8] ^= 1 << bit % 8
            pieces = [bytes(changed) if n == which else p for n, p in enumerate(parts)]
            text = ".".join(base64.urlsafe_b64encode(piece).decode().rstrip("=") for piece in pieces)
            assert refusal(text) == "forged"


@given(TOKENS, TOKENS)
@LAW
def test_a_signature_does_not_fit_another_payload(one: Token, other: Token) -> None:
    assume(one != other)
    spliced = KEYS.sign(one).split(".")[0] + "." + KEYS.sign(other).split(".")[1]
    assert refusal(spliced) == "forged"


@given(st.one_of(st.text(max_size=200), st.binary(max_size=100).map(lambda raw: raw.decode("latin-1"))))
@example("")
@example(".")
@example("..")
@example("bnVsbA." + "A" * 22)
@example(base64.urlsafe_b64encode(b"[" * 5000).decode() + "." + "A" * 22)
@example(base64.urlsafe_b64encode(b"[" + b"9" * 5000 + b"]").decode().rstrip("=") + "." + "A" * 22)
@LAW
def test_any_other_text_is_refused_as_forged(text: str) -> None:
    assert refusal(text) == "forged"


@given(st.sampled_from([[], ["1"], ["1", 2], {"1": 2}, "1", 7, None, [None, *astuple(SHOWN)], ["3", *astuple(SHOWN)]]))
@LAW
def test_a_payload_of_another_shape_is_refused_even_when_it_is_signed(payload: object) -> None:
    data = json.dumps(payload).encode()
    mac = hmac.new(KEYS.secrets["1"], data, hashlib.sha256).digest()[:16]
    assert refusal(".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in (data, mac))) == "forged"


def test_a_token_lives_exactly_its_lifetime() -> None:
    text = KEYS.sign(SHOWN)
    assert KEYS.verify(text, NOW + LIFETIME) == SHOWN
    assert refusal(text, now=NOW + LIFETIME + timedelta(milliseconds=1)) == "expired"


def test_after_a_rotation_the_new_key_signs_and_the_old_one_still_verifies() -> None:
    old, new = KEYS, replace(KEYS, signing="2")
    assert new.verify(old.sign(SHOWN), NOW) == SHOWN
    assert json.loads(base64.urlsafe_b64decode(new.sign(SHOWN).split(".")[0] + "=="))[0] == "2"


def test_a_key_that_was_taken_away_verifies_nothing() -> None:
    without_old = TokenKeys("2", {"2": KEYS.secrets["2"]})
    assert refusal(KEYS.sign(SHOWN), without_old) == "forged"


def test_a_key_does_not_verify_under_another_id() -> None:
    renamed = TokenKeys("2", {"2": KEYS.secrets["1"], "1": KEYS.secrets["2"]})
    assert refusal(KEYS.sign(SHOWN), renamed) == "forged"


def test_keys_are_not_shown_when_printed() -> None:
    assert "key" not in repr(KEYS).replace("TokenKeys", "")
