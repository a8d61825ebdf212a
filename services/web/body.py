"""Reads a request's body, bounded in size and time.

What its content type says is not looked at: `sendBeacon` sends JSON as text/plain, and curl as a form.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import Request

from services.web.refused import Refused

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of all bodies under way together, those that still arrive included."""


class Bodies:
    """Reads the bodies of requests, of at most `most_bytes` together; belongs to one event loop."""

    def __init__(self, patience_s: float, most_bytes: int = MOST_BYTES) -> None:
        self._patience_s = patience_s
        self._most_bytes = most_bytes
        self._bytes = 0

    @asynccontextmanager
    async def of(self, request: Request, largest: int) -> AsyncIterator[bytes]:
        """See `body_of`; its bytes count until the block ends. Raises `Refused` 503 where there is no room for more."""
        own = 0

        def take(size: int) -> None:
            nonlocal own
            if self._bytes + size > self._most_bytes:
                raise Refused("RESOURCE_EXHAUSTED", "too many large requests at once: ask again", "body", status=503)
            own += size
            self._bytes += size

        try:
            yield await body_of(request, largest, self._patience_s, take)
        finally:
            self._bytes -= own


def _freely(size: int) -> None:
    """A body that is too small to be counted."""


async def body_of(request: Request, largest: int, patience_s: float, take: Callable[[int], None] = _freely) -> bytes:
    """The whole body of at most `largest` bytes that arrives within `patience_s`; `take` is told of each part.

    Raises `Refused` 413 as soon as it is known to be larger: by its declared length, before a byte of it is read.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > len(str(largest)) or int(declared) > largest):
        raise _too_large(largest)
    parts, size = [], 0
    try:
        async with asyncio.timeout(patience_s):
            async for part in request.stream():
                size += len(part)
                if size > largest:
                    raise _too_large(largest)
                take(len(part))
                parts.append(part)
    except TimeoutError as exc:
        message = f"the body did not arrive within {patience_s:g} s"
        raise Refused("DEADLINE_EXCEEDED", message, "body", status=408) from exc
    return b"".join(parts)


def _too_large(largest: int) -> Refused:
    return Refused("INVALID_ARGUMENT", f"body: more than {largest} bytes where fewer were expected", "body", status=413)
