"""Describes what a violated rule of a proto expects, in words for the person who has to fix the message; pure.

The texts stand before "was expected".
"""

from __future__ import annotations

import re
from typing import Final

PATTERNS: Final = {
    "^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$": 'a size in pixels like "300x250"',
    "^([1-9][0-9]{1,3}x[1-9][0-9]{1,3})?$": 'a size in pixels like "300x250", or nothing',
    "^([A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*)?$": 'a language like "en-GB", or nothing',
    "^([A-Z]{3})?$": 'three capital letters like "EUR", or nothing',
    "^[A-Z]{3}$": 'three capital letters like "EUR"',
    "^(https?://[^ <>]+)?$": "an http or https address, or nothing",
    "^([0-9a-f]{64})?$": "64 hexadecimal digits, or nothing",
}
"""What each pattern of the protos means; a test checks that every pattern in the protos is listed."""

_MATCHING: Final = "does not match regex pattern `"
_TEXTS: Final = tuple(
    (re.compile(text), words)
    for text, words in (
        (r"must contain at least (\d+) item\(s\)", r"at least \1 of them"),
        (r"must contain no more than (\d+) item\(s\)", r"at most \1 of them"),
        (r"must be greater than or equal to (\S+) and less than or equal to (\S+)", r"a number from \1 to \2"),
        (r"must be greater than or equal to (\S+) and less than (\S+)", r"a number from \1 to below \2"),
        (r"must be greater than (\S+) and less than or equal to (\S+)", r"a number above \1, at most \2"),
        (r"must be at least 1 characters", "text"),
        (r"must be at (least|most) (\d+) characters", r"at \1 \2 characters"),
        (r"must be in list \[, (.*)\]", r"one of \1, or nothing"),
        (r"value must be one of the defined enum values", "a value of its enumeration"),
    )
)


def in_words(message: str) -> str:
    """What protovalidate's `message` expects, in plain words.

    >>> in_words("must contain no more than 16 item(s)")
    'at most 16 of them'
    >>> in_words("does not match regex pattern `^([A-Z]{3})?$`")
    'three capital letters like "EUR", or nothing'
    """
    if message.startswith(_MATCHING):
        pattern = message.removeprefix(_MATCHING).removesuffix("`")
        return PATTERNS.get(pattern, f"text like {pattern}")
    for text, words in _TEXTS:
        if found := text.fullmatch(message):
            return found.expand(words)
    return message.removeprefix("must be ")
