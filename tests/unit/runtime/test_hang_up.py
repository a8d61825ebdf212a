"""A connection is closed by its peer's address, and no other one."""

from __future__ import annotations

import socket

import pytest

from services.runtime.hang_up import hang_up


@pytest.mark.parametrize(
    ("listening", "calling", "named"),
    [
        ("127.0.0.1", "127.0.0.1", "ipv4:127.0.0.1:{}"),
        ("::1", "::1", "ipv6:%5B::1%5D:{}"),
        ("::", "127.0.0.1", "ipv4:127.0.0.1:{}"),  # how gRPC listens on 0.0.0.0, too
        ("::", "::1", "ipv6:[::1]:{}"),
    ],
)
def test_only_the_connection_of_that_peer_is_closed(listening: str, calling: str, named: str) -> None:
    family = socket.AF_INET6 if ":" in listening else socket.AF_INET
    with socket.create_server((listening, 0), family=family, dualstack_ipv6=listening == "::") as server:
        port = server.getsockname()[1]
        with (
            socket.create_connection((calling, port), timeout=10) as one,
            server.accept()[0] as ours,
            socket.create_connection((calling, port), timeout=10) as other,
            server.accept()[0] as kept,
        ):
            hang_up(named.format(one.getsockname()[1]))
            assert ours.recv(1) == one.recv(1) == b""
            kept.sendall(b"still here")
            assert other.recv(10) == b"still here"


@pytest.mark.parametrize("peer", ["ipv4:127.0.0.1:1", "unix:/run/nowhere", "ipv6:%5Bfe80::1%25eth0%5D:5"])
def test_a_peer_that_is_gone_does_no_harm(peer: str) -> None:
    hang_up(peer)
