"""The signed impression token, which an answer carries out and a click brings back: impressions cannot be forged.

`base64url(payload) "." base64url(HMAC-SHA256(key, payload)[:16])`, payload a compact JSON list. Keys have ids: the
newest signs, older ones verify until they are removed (`key_rotation.py`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter

from services.common.clock import to_ms
from services.common.errors import TokenRefused

LIFETIME = timedelta(hours=24)
"""How long a token verifies after the impression: as long as event ids are remembered."""

_MAC_BYTES = 16
_EXPECTED = "a token that this deployment signed"


@dataclass(frozen=True, slots=True)
class Token:
    """The facts about one impression that are signed."""

    impression_id: str
    user_id: str  # pseudonym
    creative_id: str
    product_id: str
    propensity: float  # in (0, 1]
    placement_id: str
    slot: int
    shown_at_ms: int
    imported: bool = False  # from another system's log
    profile: bool = True  # whether the shopper allows a profile, as the request said


_VALUES = attrgetter(*(value.name for value in fields(Token)))  # `astuple` would copy each of them deeply
_WITHOUT_CONSENT = len(fields(Token)) - 1  # values of a token whose shopper allows a profile


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """Signing keys by id; the one named `signing` signs, all verify. `next`, where it is set, signs impressions that
    are served from `next_from_ms` on: it is in the file earlier, so that every verifier has it by then."""

    signing: str
    secrets: Mapping[str, bytes] = field(repr=False)
    next: str = ""
    next_from_ms: int = 0

    def sign(self, token: Token) -> str:
        """The token as text that callers treat as opaque; about 250 characters, with the longest names below 4096."""
        key_id = self.next if self.next and token.shown_at_ms >= self.next_from_ms else self.signing
        values = _VALUES(token)[: None if not token.profile else _WITHOUT_CONSENT]  # earlier releases read these, too
        payload = json.dumps([key_id, *values], separators=(",", ":"), ensure_ascii=False).encode()
        return f"{_text(payload)}.{_text(_mac(self.secrets[key_id], payload))}"

    def verify(self, text: str, now: datetime) -> Token:
        """The token in `text`, where one of our keys signed it less than `LIFETIME` before `now`.

        Raises `TokenRefused` with reason `forged` (not signed by us, or changed) or `expired`.
        """
        payload, mac = _parts(text)
        key_id, values = _parsed(payload)
        secret = self.secrets.get(key_id)
        if secret is None or not hmac.compare_digest(_mac(secret, payload), mac):
            raise TokenRefused("forged", "impression_token", text, _EXPECTED)
        token = _token(values, text)
        if to_ms(now) - token.shown_at_ms > LIFETIME // timedelta(milliseconds=1):
            raise TokenRefused("expired", "impression_token", text, f"a token younger than {LIFETIME}")
        return token


def read_verified(text: str) -> Token:
    """The token in `text` without its signature, only for a text that `TokenKeys.verify` has accepted before."""
    payload, _ = _parts(text)
    _, values = _parsed(payload)
    return _token(values, text)


def _mac(secret: bytes, payload: bytes) -> bytes:
    return hmac.digest(secret, payload, "sha256")[:_MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _parts(text: str) -> tuple[bytes, bytes]:
    """Payload and MAC; only the canonical spelling is taken, so one token has one text."""
    head, _, tail = text.partition(".")
    try:
        parts = [
            base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True) for part in (head, tail)
        ]
    except (binascii.Error, ValueError) as exc:
        raise TokenRefused("forged", "impression_token", text, _EXPECTED) from exc
    if [_text(part) for part in parts] != [head, tail]:
        raise TokenRefused("forged", "impression_token", text, _EXPECTED)
    return parts[0], parts[1]


def _parsed(payload: bytes) -> tuple[str, list[object]]:
    try:
        values = json.loads(payload)
    except (ValueError, RecursionError) as exc:
        raise TokenRefused("forged", "impression_token", payload, _EXPECTED) from exc
    if not isinstance(values, list) or not values or not isinstance(values[0], str):
        raise TokenRefused("forged", "impression_token", payload, _EXPECTED)
    return values[0], values[1:]


def _token(values: list[object], text: str) -> Token:
    """The token from values with a valid signature; a wrong number of values means that another version signed them."""
    if len(values) not in (_WITHOUT_CONSENT, len(fields(Token))):
        raise TokenRefused("forged", "impression_token", text, _EXPECTED)
    token = Token(*values)  # type: ignore[arg-type]  # signed by us: the types are those that `sign` wrote
    if not (isinstance(token.propensity, int | float) and math.isfinite(token.propensity)):
        raise TokenRefused("forged", "impression_token", text, _EXPECTED)
    return token
