"""The fuzzing target of impression tokens: the text that comes back in a click or an order."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Final

from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.outcomes.token_rules import judge
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER: Final = "u1-4360c67bc81025114044578d7c4e8e0f"
KEYS: Final = TokenKeys("2", {"1": b"the older key".ljust(32, b"."), "2": b"the newer key".ljust(32, b".")})
_STRANGER: Final = TokenKeys("2", {"2": b"somebody else's".ljust(32, b".")})
_LONGEST: Final = 4096 * 4  # characters that a click may carry, each up to four bytes


def signed(user_id: str = USER, age: timedelta = timedelta(seconds=5), slot: int = 0) -> str:
    """A valid token of an impression that the user was shown `age` ago."""
    shown_at_ms = to_ms(NOW - age)
    return KEYS.sign(Token("i-1", user_id, "c-1", "tee-breton", 0.25, "front", slot, shown_at_ms))


def token_target() -> Target:
    """Texts, and payloads with a MAC; only tokens that were signed for this user may be accepted."""
    right = [signed(slot=slot) for slot in range(3)]
    others = [signed("u1-" + "0" * 32), signed(age=timedelta(days=2)), _STRANGER.sign(_token_in(right[0]))]
    taken = frozenset(right)

    def enter(case: Case) -> str:
        text = _text(case)
        verdict = judge(text, USER, NOW, KEYS)
        if verdict.token is not None and text not in taken:
            raise NotAllowed("a token was taken that was never signed for this user")
        return verdict.refused or "taken"

    seeds: list[Case] = [(b"text", text.encode()) for text in (*right, *others)]
    seeds += [(b"payload", *_parts(text)) for text in (*right, *others)]
    dictionary = [b".", b"=", b"-_", b"+/", b"2", *(text.encode() for text in right)]
    return Target("tokens", enter, seeds, (Shape.KEPT, Shape.JSON, Shape.TEXT), dictionary, _LONGEST)


def _text(case: Case) -> str:
    kind, first, *rest = (*case, b"", b"")
    if kind == b"text":
        return first.decode("utf-8", "replace")
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (first, rest[0]))


def _parts(text: str) -> tuple[bytes, bytes]:
    payload, mac = (base64.urlsafe_b64decode(part + "==") for part in text.split("."))
    return payload, mac


def _token_in(text: str) -> Token:
    return Token(*json.loads(_parts(text)[0])[1:])
