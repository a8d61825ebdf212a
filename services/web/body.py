"""Reads a request's body, bounded in size and time.

What its content type says is not looked at: `sendBeacon` sends JSON as text/plain, and curl as a form.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from services.web.refused import Refused


async def body_of(request: Request, largest: int, patience_s: float) -> bytes:
    """The whole body of at most `largest` bytes that arrives within `patience_s`.

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
                parts.append(part)
    except TimeoutError as exc:
        message = f"the body did not arrive within {patience_s:g} s"
        raise Refused("DEADLINE_EXCEEDED", message, "body", status=408) from exc
    return b"".join(parts)


def _too_large(largest: int) -> Refused:
    return Refused("INVALID_ARGUMENT", f"body: more than {largest} bytes where fewer were expected", "body", status=413)
