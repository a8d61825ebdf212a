"""The rule that decides whether the token of a click or order counts; refusals go to the dead letters by reason.

| reason | when |
|---|---|
| `forged` | no key of ours signed it, or it was changed |
| `expired` | older than a token's lifetime when the click was appended |
| `foreign` | signed for another shopper than the one who sends it |
| `used` | another click event has already used it (`join.py`); orders may name one impression many times |

A token of an imported log says so itself (`Token.foreign`); that is no reason to refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.errors import TokenRefused
from services.common.token import Token, TokenKeys

FOREIGN: Final = "foreign"
USED: Final = "used"
UNMATCHED: Final = "unmatched"
"""A token of ours that counts, for an impression whose record never came, or says something else (`naming.py`)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a token is worth: either `token`, or the reason why it is `refused`."""

    token: Token | None
    refused: str = ""


def judge(text: str, user_id: str, appended_at: datetime, keys: TokenKeys) -> Verdict:
    """The verdict on the token `text` that `user_id` sent back; depends on nothing but its arguments."""
    try:
        token = keys.verify(text, appended_at)
    except TokenRefused as refusal:
        return Verdict(None, refusal.reason)
    return Verdict(token) if token.user_id == user_id else Verdict(None, FOREIGN)
