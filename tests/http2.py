"""An HTTP/2 client that says no more than it is told to: half a message, headers alone, pings."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 4, 6, 7, 8
ACK = END_STREAM = 1
_END_HEADERS = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_EVERY_CALL = (
    (":method", "POST"),
    (":scheme", "http"),
    (":authority", "test"),
    ("te", "trailers"),
    ("content-type", "application/grpc"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One that came."""

    kind: int
    flags: int
    stream: int
    body: bytes


class HalfSpoken:
    """A connection to host:port, with `answers` to pings or without, whose streams begin with a `window` in bytes."""

    def __init__(self, address: str, answers: bool = True, window: int | None = None) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._answers = answers
        self._heard = b""
        self.is_let_go = False  # whether the server was seen to hang up
        self.peer = "ipv4:{}:{}".format(*self._socket.getsockname())  # as the server's gRPC names it
        self.send(PREFACE + frame(SETTINGS, body=b"" if window is None else b"\0\4" + window.to_bytes(4, "big")))

    def send(self, data: bytes) -> None:
        """As it is."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Without a word."""
        self._socket.close()

    def frames(self, within_s: float) -> Iterator[Frame]:
        """What comes within the time, or until the server hangs up."""
        until = time.monotonic() + within_s
        while (left_s := until - time.monotonic()) > 0:
            self._socket.settimeout(left_s)
            try:
                heard = self._socket.recv(1 << 16)
            except TimeoutError:
                return
            except ConnectionError:
                heard = b""
            if not heard:
                self.is_let_go = True
                return
            self._heard += heard
            for one in self._whole():
                if one.kind in (SETTINGS, PING) and not one.flags & ACK and self._answers:
                    with suppress(ConnectionError):  # the server has hung up meanwhile, which the next look shows
                        self.send(frame(one.kind, ACK, body=one.body if one.kind == PING else b""))
                yield one

    def _whole(self) -> Iterator[Frame]:
        while len(self._heard) >= 9 + (size := int.from_bytes(self._heard[:3], "big")):
            head, body, self._heard = self._heard[:9], self._heard[9 : 9 + size], self._heard[9 + size :]
            yield Frame(head[3], head[4], int.from_bytes(head[5:], "big"), body)


def frame(kind: int, flags: int = 0, stream: int = 0, body: bytes = b"") -> bytes:
    """Its bytes."""
    return len(body).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + body


def headers(stream: int, path: str, flags: int = 0) -> bytes:
    """The headers of a gRPC call."""
    said = ((":path", path), *_EVERY_CALL)
    literals = (bytes((0, len(name))) + name.encode() + bytes((len(value),)) + value.encode() for name, value in said)
    return frame(HEADERS, _END_HEADERS | flags, stream, b"".join(literals))


def message(value: bytes) -> bytes:
    """As gRPC writes it into DATA frames."""
    return b"\0" + len(value).to_bytes(4, "big") + value
