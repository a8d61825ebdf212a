"""Tokens that must not count, of many kinds, each with the reason of its refusal; pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from services.common.token import LIFETIME, Token, TokenKeys

FORGED: Final = "forged"
EXPIRED: Final = "expired"
WRONG_USER: Final = "foreign"  # as the published reason says
USED: Final = "used"
REASONS: Final = (FORGED, EXPIRED, WRONG_USER, USED)

_LIFETIME_MS: Final = LIFETIME // timedelta(milliseconds=1)
_OTHER_SECRET: Final = b"another deployment's token key.."


@dataclass(frozen=True, slots=True)
class Genuine:
    """A token from an answer, and the shopper who got it."""

    text: str
    user_id: str  # pseudonym
    token: Token


@dataclass(frozen=True, slots=True)
class Bad:
    """A token as it is sent back, and the reason for which it must be refused."""

    kind: str
    text: str
    user_id: str
    reason: str


def bad_tokens(genuine: Sequence[Genuine], keys: TokenKeys, now_ms: int, seed: int) -> Iterator[Bad]:
    """Endless bad tokens, all kinds in turn; also genuine ones that were used before or come from another shopper."""
    chance = random.Random(seed)
    turns = [_of(kind, make, genuine, chance) for kind, make in _FORGERIES.items()]
    turns += [_expired(genuine, keys, now_ms, chance), _wrong_user(genuine, chance), _used(genuine)]
    while True:
        for turn in turns:
            yield next(turn)


def flips(text: str) -> Iterator[str]:
    """The text with one bit of one character flipped: each position and each bit.

    >>> len(set(flips("ab.c"))), "ab.c" in set(flips("ab.c"))
    (32, False)
    """
    for at, character in enumerate(text):
        for bit in range(8):
            yield f"{text[:at]}{chr(ord(character) ^ 1 << bit)}{text[at + 1 :]}"


def cuts(text: str) -> Iterator[str]:
    """The text cut short at every length, and with its head cut off."""
    for length in range(1, len(text)):
        yield text[:length]
        yield text[length:]


def changed(text: str) -> Iterator[str]:
    """The payload with one value changed, under the old signature."""
    payload, mac = _parts(text)
    values = json.loads(payload)
    better: list[Any] = [
        "2",
        "i-other",
        "u1-" + "e" * 32,
        "c-other",
        "p-other",
        1e-9,
        "top",
        7,
        values[8] + 60_000,
        True,
    ]
    for at, value in enumerate(better):
        yield _joined(_packed([*values[:at], value, *values[at + 1 :]]), mac)
    yield _joined(_packed(values[:-1]), mac)
    yield _joined(_packed([*values, 1]), mac)
    yield _joined(json.dumps(values).encode(), mac)  # the same, spelt with blanks


def other_algorithms(text: str) -> Iterator[str]:
    """The payload unchanged, signed without the key."""
    payload, mac = _parts(text)
    for name in ("md5", "sha1", "sha256", "sha384", "sha512", "blake2s"):
        for key in (b"", b"1", b"secret", payload, bytes(32)):
            yield _joined(payload, hmac.digest(key, payload, name)[:16])
        yield _joined(payload, hashlib.new(name, payload).digest()[:16])
    for forged in (b"", bytes(16), bytes([255]) * 16, mac[:8], mac + bytes(16), mac[::-1], b"none"):
        yield _joined(payload, forged)


def respelt(text: str) -> Iterator[str]:
    """Other encodings of the same bytes: only one text is valid."""
    head, _, tail = text.partition(".")
    yield from (f"{text}=", f"{head}=.{tail}", f" {text}", f"{text}\n", f"{text}.", f"{head}..{tail}", f"{text}.{tail}")
    yield from (
        f"{text}{text}",
        f"{tail}.{head}",
        text.swapcase(),
        f"{head}.{tail}==",
        f"Bearer {text}",
        f"shopper@shop.example{text}",
        "\0",
        ".",
        "1",
    )


def others_keys(text: str) -> Iterator[str]:
    """Signed with another deployment's key, under our key's id, an unknown one, or an impossible one."""
    payload, _ = _parts(text)
    values = json.loads(payload)
    for key_id in (values[0], "2", "99", "0", "", " 1", "01", "-1", "\u0661", "../tokens", "null"):
        forged = _packed([key_id, *values[1:]])
        yield _joined(forged, hmac.digest(_OTHER_SECRET, forged, "sha256")[:16])
    odds: list[object] = [None, 1, True, [], {}, [values[0]]]
    for odd in odds:
        forged = _packed([odd, *values[1:]])
        yield _joined(forged, hmac.digest(_OTHER_SECRET, forged, "sha256")[:16])


_FORGERIES: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "a bit flipped": flips,
    "cut": cuts,
    "a value changed": changed,
    "another algorithm": other_algorithms,
    "another spelling": respelt,
    "another deployment's key": others_keys,
}


def _of(
    kind: str, make: Callable[[str], Iterator[str]], genuine: Sequence[Genuine], chance: random.Random
) -> Iterator[Bad]:
    """All forgeries of one token in random order, then those of the next token, without end."""
    while True:
        for one in genuine:
            texts = [text for text in make(one.text) if text and text != one.text]
            chance.shuffle(texts)
            yield from (Bad(kind, text, one.user_id, FORGED) for text in texts)
        if kind == "a bit flipped":
            yield from _spliced(genuine)


def _spliced(genuine: Sequence[Genuine]) -> Iterator[Bad]:
    for one, other in zip(genuine, [*genuine[1:], genuine[0]], strict=True):
        if one.text != other.text:
            text = f"{one.text.partition('.')[0]}.{other.text.partition('.')[2]}"
            yield Bad("another token's signature", text, one.user_id, FORGED)


def _expired(genuine: Sequence[Genuine], keys: TokenKeys, now_ms: int, chance: random.Random) -> Iterator[Bad]:
    """Valid signatures of tokens that are between a millisecond and a year too old."""
    while True:
        for one in genuine:
            age_ms = _LIFETIME_MS + chance.choice((1, 1_000, 3_600_000, 364 * _LIFETIME_MS))
            old = replace(one.token, shown_at_ms=now_ms - age_ms)
            yield Bad("too old", keys.sign(old), one.user_id, EXPIRED)


def _wrong_user(genuine: Sequence[Genuine], chance: random.Random) -> Iterator[Bad]:
    """Genuine tokens sent by another shopper, who was shown another ad or none."""
    while True:
        for one in genuine:
            thief = chance.choice([g.user_id for g in genuine if g.user_id != one.user_id])
            stranger = f"u1-{chance.getrandbits(128):032x}"
            yield Bad("another shopper's", one.text, chance.choice((thief, stranger)), WRONG_USER)


def _used(genuine: Sequence[Genuine]) -> Iterator[Bad]:
    while True:
        for one in genuine:
            yield Bad("used before", one.text, one.user_id, USED)


def _parts(text: str) -> tuple[bytes, bytes]:
    head, _, tail = text.partition(".")
    return _bytes(head), _bytes(tail)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _packed(values: Sequence[object]) -> bytes:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()


def _joined(payload: bytes, mac: bytes) -> str:
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (payload, mac))
