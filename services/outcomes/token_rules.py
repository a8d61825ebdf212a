"""Decides whether the token of a click or order counts; a refused event becomes a dead letter with the reason.

| reason | when |
|---|---|
| `forged` | no key of ours signed it, or it was changed |
| `expired` | older than a token's lifetime when the click was appended |
| `foreign` | wrong user: signed for another shopper than the one who sends it |
| `used` | another click event has already used it (`join.py`); orders may name one impression many times |

The reason `foreign` is a published label, so it keeps its name. It has nothing to do with imported logs: their tokens
(`Token.imported`) count like ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.errors import TokenRefused
from services.common.token import Token, TokenKeys

WRONG_USER: Final = "foreign"
USED: Final = "used"
UNMATCHED: Final = "unmatched"
"""The reason for a valid token of an impression whose record never came or states another decision (`naming.py`)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking a token: either `token`, or the reason why it is `refused`."""

    token: Token | None
    refused: str = ""


def judge(text: str, user_id: str, appended_at: datetime, keys: TokenKeys) -> Verdict:
    """The verdict on the token `text` that `user_id` sent back; depends on its arguments only."""
    try:
        token = keys.verify(text, appended_at)
    except TokenRefused as refusal:
        return Verdict(None, refusal.reason)
    return Verdict(token) if token.user_id == user_id else Verdict(None, WRONG_USER)
