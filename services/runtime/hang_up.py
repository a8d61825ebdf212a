"""Closes a TCP connection of this process by the address of its peer.

gRPC's server gives no way to close one of its connections, nor to cancel a call whose answer it already has. A
connection that is shut down at the socket looks to gRPC as if the peer had left: it ends all calls of it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import unquote

_FILES: Final = "/proc/self/fd"
_IP: Final = (socket.AF_INET, socket.AF_INET6)
_AT_ONCE: Final = struct.pack("ii", 1, 0)  # SO_LINGER: the kernel drops what it has not sent, too


def hang_up(peer: str) -> None:
    """Shuts down each connection of this process with `peer`, as gRPC writes it; there may be none left."""
    address = address_of(peer)
    for connection in _sockets():
        with connection, suppress(OSError):  # not connected any more
            if connection.family in _IP and _peer_of(connection) == address:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                connection.shutdown(socket.SHUT_RDWR)


def address_of(peer: str) -> tuple[str, int] | None:
    """Host and port of a peer; None if it is not on TCP.

    >>> address_of("ipv4:127.0.0.1:40001"), address_of("ipv6:%5B::1%5D:40001"), address_of("unix:/run/x")
    (('127.0.0.1', 40001), ('::1', 40001), None)
    """
    kind, _, rest = unquote(peer).partition(":")
    host, _, port = rest.rpartition(":")
    return (_plain(host.strip("[]")), int(port)) if kind in ("ipv4", "ipv6") else None


def _plain(host: str) -> str:
    """The address without a zone; IPv4 in IPv6, as sockets for both families give it, becomes IPv4."""
    address = ipaddress.ip_address(host.partition("%")[0])
    return str(getattr(address, "ipv4_mapped", None) or address)


def _peer_of(connection: socket.socket) -> tuple[str, int]:
    host, port, *_ = connection.getpeername()
    return _plain(host), port


def _sockets() -> Iterator[socket.socket]:
    """The sockets of this process, as duplicates: meanwhile another thread may close or reuse a number."""
    for name in os.listdir(_FILES):
        with suppress(OSError):  # closed meanwhile
            if os.readlink(f"{_FILES}/{name}").startswith("socket:"):
                copy = _socket(os.dup(int(name)))
                if copy is not None:
                    yield copy


def _socket(number: int) -> socket.socket | None:
    """The socket with that number; None, and the number is closed, if it is none any more."""
    try:
        return socket.socket(fileno=number)
    except OSError:
        os.close(number)
        return None
