"""What all our gRPC servers have in common: what their connections may do, and the door at which they listen.

Peers that died without a word are found by pings: `ALIVE_S` after the last word of a connection it is asked, and after
`ANSWER_S` without an answer it is closed. Pings of clients are all answered: those that meshes and clients send
without calls (every 10 s in Go and Java, more often in Envoy) are no abuse, and gRPC's own rule, one in five minutes,
ends their connections with valid calls on them. Who sends pings and does not read the answers is cut off by the core.
"""

from __future__ import annotations

from typing import Final, Protocol

import grpc

from services.common.errors import Misconfigured
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_channel import Options

ALIVE_S: Final = 20
ANSWER_S: Final = 10
STREAMS: Final = 256
"""Calls at once on one connection; a client that follows HTTP/2 keeps more with itself."""


class Door(Protocol):
    """A server that can be given a port."""

    def add_insecure_port(self, address: str) -> int: ...


def server_options(largest_request_bytes: int, alive_s: float = ALIVE_S, answer_s: float = ANSWER_S) -> Options:
    """Of a server whose requests are at most so large."""
    return (
        ("grpc.max_receive_message_length", largest_request_bytes),
        ("grpc.so_reuseport", 0),  # a second server on the port must fail, not share
        ("grpc.max_concurrent_streams", STREAMS),
        ("grpc.keepalive_time_ms", round(alive_s * 1000)),
        ("grpc.keepalive_timeout_ms", round(answer_s * 1000)),
        ("grpc.http2.ping_timeout_ms", round(answer_s * 1000)),  # its own default, a minute, comes before the other
        ("grpc.keepalive_permit_without_calls", 1),  # for both: their pings and ours
        ("grpc.http2.max_pings_without_data", 0),  # ours are sent however long a connection is silent
        ("grpc.http2.max_ping_strikes", 0),  # theirs are never counted
    )


def new_server(options: Options, arrivals: Arrivals) -> grpc.aio.Server:
    """A server without methods and port, whose calls end where their first message does not arrive."""
    return grpc.aio.server(options=options, interceptors=(arrivals,))


def listen(server: Door, address: str, setting: str) -> None:
    """Opens the door at host:port.

    gRPC takes `[::]` and `0.0.0.0` for every address of the machine, IPv4 and IPv6. Raises `Misconfigured` that names
    the setting where somebody else has the port, or there is no such host.
    """
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as exc:
        raise Misconfigured(f"{setting}: nothing can listen on {address}") from exc
    if not port:
        raise Misconfigured(f"{setting}: nothing can listen on {address}")
