"""Readiness probes: each returns "" or what the program waits for, within two seconds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from services.tools.stack.program import Probe

TIMEOUT_S = 1.5


async def within(question: Awaitable[str], name: str) -> str:
    """The probe's result, or what it waits for where the server does not answer."""
    try:
        async with asyncio.timeout(TIMEOUT_S):  # not wait_for, which in 3.11 may swallow a cancellation
            return await question
    except TimeoutError:
        return f"an answer of {name}"
    except OSError:
        return f"the port of {name}"


@asynccontextmanager
async def answer_to(address: str, question: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """Connects, sends these bytes, and yields the server's response."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    try:
        writer.write(question)
        await writer.drain()
        yield reader
    finally:
        writer.close()


def ping(address: str, name: str = "redis") -> Probe:
    """Ready when Redis answers PONG, and not that it is still loading."""

    async def ask() -> str:
        async with answer_to(address, b"PING\r\n") as reader:
            answer = await reader.readline()
        return "" if answer.startswith(b"+PONG") else answer[1:80].decode(errors="replace").strip() or name

    return lambda: within(ask(), name)


def http_ready(address: str, name: str) -> Probe:
    """`GET /ready` of one of our processes: 200, or the part that it waits for."""

    async def ask() -> str:
        async with answer_to(address, b"GET /ready HTTP/1.0\r\nHost: localhost\r\n\r\n") as reader:
            answer = await reader.read()
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " in head.split(b"\r\n")[0] + b" ":
            return ""
        return waited_for(body) or name

    return lambda: within(ask(), name)


def waited_for(body: bytes) -> str:
    """The part that a `/ready` answer names.

    >>> waited_for(b'{"ready": false, "waiting_for": "kafka"}'), waited_for(b"<html>")
    ('kafka', '')
    """
    try:
        return str(json.loads(body).get("waiting_for", ""))
    except (ValueError, AttributeError):
        return ""
