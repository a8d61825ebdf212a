"""One HTTP request to an address that was looked at before, with a bound on time; nothing of the environment is used.

A name is resolved once, and the connection is made to what came of that: a name server that gives another address the
second time (DNS rebinding) changes nothing. The name itself is only for the header `Host` and for TLS, whose
certificates are checked as always.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Event
from typing import Any, Final, cast

from services.catalogue.photos.address import Target
from services.common.clock import Clock
from services.common.errors import Unavailable

_CONNECT_S: Final = 5.0
_SLICE_S: Final = 0.5  # how long Ctrl-C may take


@dataclass(frozen=True, slots=True)
class Address:
    """What a name was resolved to."""

    family: int
    sockaddr: tuple[Any, ...]  # of the socket module; the IP address comes first

    @property
    def ip(self) -> str:
        """The IP address."""
        return str(self.sockaddr[0])


Resolve = Callable[[str, int], list[Address]]
"""The addresses of a host and port; may block, raises `OSError`."""


def resolve(host: str, port: int) -> list[Address]:
    """The addresses as the machine's resolver tells them; it reads "127.1" and "2130706433" as addresses, too."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(Address(family, sockaddr) for family, _, _, _, sockaddr in found))


class TimeLeft:
    """How long a request may still take."""

    def __init__(self, seconds: float, clock: Clock, ending: Event) -> None:
        self._end = clock.monotonic() + seconds
        self._clock = clock
        self._ending = ending

    def at_most(self, seconds: float) -> float:
        """The time left, or `seconds` where that is less; raises `TimeoutError` where there is none."""
        left = self._end - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long altogether")
        if self._ending.is_set():
            raise TimeoutError("interrupted")
        return min(left, seconds)


@contextmanager
def response_of(
    target: Target, addresses: list[Address], time: TimeLeft, headers: Mapping[str, str]
) -> Iterator[HTTPResponse]:
    """Sends a GET to the first address that answers and gives the response; raises `Unavailable(host)` meanwhile."""
    try:
        with closing(_connected(target, addresses, time)) as sock:
            connection = HTTPConnection(target.host, target.port)
            connection.sock = cast(socket.socket, _Timed(sock, time))
            own = {"Host": target.authority, "Connection": "close", "Accept-Encoding": "identity"}
            connection.request("GET", target.path, headers={**headers, **own})
            yield connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:  # ValueError: of http.client, for headers that are none
        raise Unavailable(target.host, f"{target.path}: {str(error) or repr(error)}") from error


def _connected(target: Target, addresses: list[Address], time: TimeLeft) -> socket.socket:
    last = OSError("it has no address")
    for address in addresses:
        try:
            return _connected_to(address, target, time)
        except OSError as error:
            last = error
    raise last


def _connected_to(address: Address, target: Target, time: TimeLeft) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        sock.settimeout(time.at_most(_CONNECT_S))
        sock.connect(address.sockaddr)
        return _tls().wrap_socket(sock, server_hostname=target.host) if target.is_tls else sock
    except BaseException:
        sock.close()
        raise


@cache
def _tls() -> ssl.SSLContext:
    """Reads the machine's certificates, which takes longer than many a fetch."""
    return ssl.create_default_context()


class _Timed(io.RawIOBase):
    """A socket as http.client uses it, each of whose reads ends with the time of the whole request."""

    def __init__(self, sock: socket.socket, time: TimeLeft) -> None:
        self._sock = sock
        self._time = time

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._time.at_most(_CONNECT_S))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            self._sock.settimeout(self._time.at_most(_SLICE_S))
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                continue  # until no time is left

    def close(self) -> None:
        """Does nothing: http.client closes before it has read the answer, and `response_of` closes in the end."""
