"""Latency of the two busiest routes of `web`, compared with a bare Starlette route and with gRPC itself."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.runtime.grpc_channel import open_aio_channel
from services.tools.bench.decisions import alternately
from services.tools.bench.figures import Figure
from services.tools.stack.addresses import choose_ports
from services.tools.stack.session import RunningStack

_UP_WITHIN_S: Final = 30.0
_FORMAT: Final = "300x250"


def web(running: RunningStack) -> list[Figure]:
    """p50 and p99 of one caller on one connection, each kind of call in turns."""
    with bare_starlette() as address:
        return asyncio.run(_web(running, HTTPConnection(running.web), HTTPConnection(address)))


async def _web(running: RunningStack, web_server: HTTPConnection, bare: HTTPConnection) -> list[Figure]:
    selected = _asked(web_server, "POST", "/v1/select", _question())
    picture = urlsplit(json.loads(selected)["selections"][0]["image"]["uri"]).path
    size = len(_asked(web_server, "GET", picture))
    async with open_aio_channel(running.creative) as channel:
        stub = CreativeServiceStub(channel)
        took = await alternately(
            {
                ("select", 0): _call(web_server, "POST", "/v1/select"),
                ("picture", 0): _call(web_server, "GET", picture),
                ("bare select", 0): _call(bare, "POST", f"/{len(selected)}"),
                ("bare picture", 0): _call(bare, "GET", f"/{size}"),
                ("grpc", 0): _grpc_call(stub),
            }
        )
    found = []
    for name, kind, against, reference in (
        ("web_select", "select", "bare Starlette route", "bare select"),
        ("web_select_grpc", "select", "SelectCreatives by gRPC", "grpc"),
        ("web_picture", "picture", "bare Starlette route", "bare picture"),
    ):
        ours, other = took[kind, 0], took[reference, 0]
        found.append(Figure(f"{name}_p50", ours.p50, "ms", against, other.p50))
        found.append(Figure(f"{name}_p99", ours.p99, "ms", against, other.p99))
    return found


def _question() -> bytes:
    placement = {"placement_id": "bench", "format": _FORMAT}
    return json.dumps({"user_id": uuid.uuid4().hex, "placements": [placement]}).encode()


def _asked(connection: HTTPConnection, method: str, path: str, body: bytes | None = None) -> bytes:
    connection.request(method, path, body)
    return connection.getresponse().read()


def _call(connection: HTTPConnection, method: str, path: str) -> Callable[[], Awaitable[object]]:
    """One request; it blocks the loop, on which nothing else runs."""

    async def call() -> bytes:
        return _asked(connection, method, path, _question() if method == "POST" else None)

    return call


def _grpc_call(stub: Any) -> Callable[[], Awaitable[object]]:
    """The same question, by a new shopper each time."""

    async def call() -> object:
        places = [pb.Placement(placement_id="bench", format=_FORMAT)]
        return await stub.SelectCreatives(
            pb.SelectCreativesRequest(user_id=uuid.uuid4().hex, placements=places), timeout=2
        )

    return call


@contextmanager
def bare_starlette() -> Iterator[str]:
    """The address of a bare Starlette app in a process of its own."""
    port = choose_ports(("bare",), {}, start=os.getpid())["bare"]
    with subprocess.Popen([sys.executable, "-m", "services.tools.bench.bare_starlette", str(port)]) as process:
        address = f"127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + _UP_WITHIN_S
    while True:
        try:
            _asked(HTTPConnection(address), "GET", "/1")
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
