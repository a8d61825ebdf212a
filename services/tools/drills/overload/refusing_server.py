"""A server that answers every call or refuses every call in one of several ways, to measure the cost of a refusal.

    python -m services.tools.drills.overload.refusing_server echo|grpc.aio|handler|ours ADDRESS

echo answers with an empty message; grpc.aio refuses by its own limit (maximum_concurrent_rpcs, without a pushback);
handler reads the message and refuses in the method; ours refuses by the admission before the message is read. Prints
"serving" when it is ready, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc
import uvloop

from services.runtime.admission import PUSHBACK, Admission
from services.runtime.grpc_accept import LoadSheddingServer
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_channel import open_aio_channel
from services.runtime.loop_lag import LoopLag
from services.tools.drills.overload.load import METHOD

WAYS = ("echo", "grpc.aio", "handler", "ours")


async def _answers(request: bytes, context: Any) -> bytes:
    return b""


async def _stays(request: bytes, context: Any) -> bytes:
    await asyncio.sleep(3600)  # keeps the one permitted call open
    return b""


async def _refuses(request: bytes, context: Any) -> bytes:
    await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many", PUSHBACK)
    return b""


async def main(way: str, address: str) -> None:
    """Serves until standard input ends."""
    _, service, method = METHOD.split("/")
    answer = {"echo": _answers, "grpc.aio": _stays, "handler": _refuses, "ours": _answers}[way]
    handlers = {method: grpc.unary_unary_rpc_method_handler(answer)}
    bare = grpc.aio.server(maximum_concurrent_rpcs=1 if way == "grpc.aio" else None)
    server: Any = bare
    if way == "ours":
        server = LoadSheddingServer(bare, service, handlers, Admission("drill", 0, LoopLag()), Arrivals())
    else:
        bare.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    server.add_insecure_port(address)
    await server.start()
    async with open_aio_channel(address) as channel:
        first = channel.unary_unary(METHOD)(b"") if way == "grpc.aio" else None
        await channel.channel_ready()
        sys.stdout.write("serving\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        if first is not None:
            first.cancel()
    await server.stop(0.1)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))
