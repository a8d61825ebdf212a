"""Tokens of pages in the order of ids: opaque to callers, and only those that were made here are accepted."""

from __future__ import annotations

import base64
from typing import Final

from services.common.errors import Rejected

_BEGINS: Final = b"after:"
_EXPECTED: Final = "the next_page_token of an earlier answer"


def page_token(after: str) -> str:
    """The token of the page that begins after the id `after`."""
    return base64.urlsafe_b64encode(_BEGINS + after.encode()).decode()


def check_page_token(token: str) -> str:
    """The id in a token, empty for the first page; accepts only tokens that `page_token` made."""
    if not token:
        return ""
    try:
        after = base64.b64decode(token, altchars=b"-_", validate=True).removeprefix(_BEGINS).decode()
    except ValueError as exc:
        raise Rejected("invalid", "page_token", token, _EXPECTED) from exc
    if page_token(after) != token:
        raise Rejected("invalid", "page_token", token, _EXPECTED)
    return after
