"""The options and the listening address that all our gRPC servers share.

Keepalive pings detect peers that died silently: a connection gets a ping after `ALIVE_S` without traffic, and is closed
after `ANSWER_S` without an answer. The server answers all pings of clients. Meshes and clients ping without calls
(every 10 s in Go and Java, more often in Envoy), which is no abuse; gRPC's default limit, one ping in five minutes,
would close their connections with valid calls on them. The core closes connections that send pings and do not read the
answers.
"""

from __future__ import annotations

from typing import Final, Protocol

import grpc

from services.common.errors import Misconfigured
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_channel import Options

ALIVE_S: Final = 20
ANSWER_S: Final = 10
GREET_S: Final = 10
"""From a connection to the client's HTTP/2 settings, which clients send at once; gRPC's default is two minutes."""

STREAMS: Final = 256
"""Calls at once on one connection; a client that obeys HTTP/2 queues further calls itself."""


class Listener(Protocol):
    """A server that can be bound to a port."""

    def add_insecure_port(self, address: str) -> int: ...


def server_options(
    largest_request_bytes: int, alive_s: float = ALIVE_S, answer_s: float = ANSWER_S, greet_s: float = GREET_S
) -> Options:
    """The channel options of a server whose requests have at most `largest_request_bytes`."""
    return (
        ("grpc.max_receive_message_length", largest_request_bytes),
        ("grpc.so_reuseport", 0),  # a second server on the port must fail, not share
        ("grpc.max_concurrent_streams", STREAMS),
        ("grpc.server_handshake_timeout_ms", round(greet_s * 1000)),
        ("grpc.http2.write_buffer_size", 0),  # a write ends when the caller's window has taken it: see grpc_departure
        ("grpc.keepalive_time_ms", round(alive_s * 1000)),
        ("grpc.keepalive_timeout_ms", round(answer_s * 1000)),
        ("grpc.http2.ping_timeout_ms", round(answer_s * 1000)),  # its default, a minute, would come first
        ("grpc.keepalive_permit_without_calls", 1),  # for pings in both directions
        ("grpc.http2.max_pings_without_data", 0),  # no limit on our pings on a silent connection
        ("grpc.http2.max_ping_strikes", 0),  # clients' pings are never counted as abuse
    )


def new_server(options: Options, arrivals: Arrivals) -> grpc.aio.Server:
    """A server without methods and port, whose calls end if their first message does not arrive in time."""
    return grpc.aio.server(options=options, interceptors=(arrivals,))


def listen(server: Listener, address: str, setting: str) -> None:
    """Binds the server to host:port.

    gRPC binds `[::]` and `0.0.0.0` to every address of the machine, IPv4 and IPv6. Raises `Misconfigured`, which names
    the setting, if the port is in use or the host does not exist.
    """
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as exc:
        raise Misconfigured(f"{setting}: nothing can listen on {address}") from exc
    if not port:
        raise Misconfigured(f"{setting}: nothing can listen on {address}")
