"""An HTTP port that answers short GET requests in one thread and withstands slow, silent and hostile clients.

Memory is bounded (`MOST` connections of at most `LONGEST_BYTES` read), and so is time (`PATIENCE_S` per connection,
from accept to close). If all connections are in use, the oldest is closed for the next. A client that sends its request
at once is therefore answered, however many others hold idle connections open.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from services.runtime.listening import listeners

MOST: Final = 64
"""Most connections at a time."""

LONGEST_BYTES: Final = 8 * 1024
"""Longest request with its headers."""

PATIENCE_S: Final = 5.0
"""Longest duration of a connection, request and answer together."""

_LOOK_S: Final = 0.5
_WAIT_S: Final = 0.05
_BACKLOG: Final = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP response for a path."""

    status: HTTPStatus
    content_type: str
    body: bytes

    def written(self) -> bytes:
        """The response as HTTP/1.0 bytes; the connection closes after them.

        >>> Answer(HTTPStatus.OK, "text/plain", b"alive").written().splitlines()[0]
        b'HTTP/1.0 200 OK'
        """
        head = f"HTTP/1.0 {self.status.value} {self.status.phrase}\r\nContent-Type: {self.content_type}\r\n"
        return f"{head}Content-Length: {len(self.body)}\r\nConnection: close\r\n\r\n".encode() + self.body


@dataclass(slots=True)
class _Caller:
    """A connection with its read and write buffers."""

    socket: socket.socket
    until: float
    heard: bytearray = field(default_factory=bytearray)
    unsent: memoryview | None = None  # None until the request is there


class HttpPort:
    """An HTTP server that answers from `start` to `stop`."""

    patience_s: float = PATIENCE_S

    def __init__(self, host: str, port: int, answer: Callable[[str], Answer]) -> None:
        """Binds at once (`listening.py` defines the forms of `host`); `answer` gets a path and must not block."""
        self._listeners = listeners(host, port, _BACKLOG)
        for listener in self._listeners:
            listener.setblocking(False)
        self.port: int = self._listeners[0].getsockname()[1]
        self._answer = answer
        self._callers: dict[socket.socket, _Caller] = {}  # oldest first
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def start(self) -> None:
        """Starts answering in its own thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops answering, and closes all connections and the port."""
        self._wake.close()
        if self._thread.is_alive():
            self._thread.join()
        for caller in list(self._callers.values()):
            self._hang_up(caller)
        self._selector.close()
        for listener in self._listeners:
            listener.close()
        self._woken.close()

    def _run(self) -> None:
        self._selector.register(self._woken, selectors.EVENT_READ)
        for listener in self._listeners:
            self._selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select(_LOOK_S):
                if key.fileobj is self._woken:
                    return
                if key.fileobj in self._listeners:
                    self._accept(key.fileobj)
                elif key.fileobj in self._callers:  # not closed earlier in this iteration
                    self._go_on(self._callers[key.fileobj])
            now = time.monotonic()
            for caller in [caller for caller in self._callers.values() if caller.until < now]:
                self._hang_up(caller)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # the client is gone already
        except OSError:
            time.sleep(_WAIT_S)  # the process has no file descriptors left for now
            return
        connection.setblocking(False)
        if len(self._callers) >= MOST:
            self._hang_up(next(iter(self._callers.values())))
        caller = _Caller(connection, time.monotonic() + self.patience_s)
        self._callers[connection] = caller
        self._selector.register(connection, selectors.EVENT_READ)
        self._go_on(caller)  # usually the request has already arrived

    def _go_on(self, caller: _Caller) -> None:
        """Reads or writes as much as is possible without blocking."""
        try:
            if caller.unsent is None:
                self._hear(caller)
            if caller.unsent is not None:
                caller.unsent = caller.unsent[caller.socket.send(caller.unsent) :]
                if not caller.unsent:
                    self._hang_up(caller)
        except BlockingIOError:
            return
        except OSError:
            self._hang_up(caller)

    def _hear(self, caller: _Caller) -> None:
        heard = caller.socket.recv(LONGEST_BYTES)
        caller.heard += heard
        if not heard:
            self._hang_up(caller)
        elif b"\r\n\r\n" in caller.heard or b"\n\n" in caller.heard:
            self._respond(caller, self._answer_to(bytes(caller.heard).split(b"\n", 1)[0]))
        elif len(caller.heard) >= LONGEST_BYTES:
            self._respond(caller, _wrong(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    def _respond(self, caller: _Caller, answer: Answer) -> None:
        caller.unsent = memoryview(answer.written())
        self._selector.modify(caller.socket, selectors.EVENT_WRITE)

    def _answer_to(self, line: bytes) -> Answer:
        method, _, rest = line.decode("latin-1").partition(" ")
        path, _, version = rest.strip().partition(" ")
        if not version.startswith("HTTP/"):
            return _wrong(HTTPStatus.BAD_REQUEST)
        return self._answer(path) if method == "GET" else _wrong(HTTPStatus.NOT_IMPLEMENTED)

    def _hang_up(self, caller: _Caller) -> None:
        del self._callers[caller.socket]
        self._selector.unregister(caller.socket)
        with suppress(OSError):  # closing with unread data sends a reset, which would discard the answer
            caller.socket.shutdown(socket.SHUT_WR)
            caller.socket.recv(LONGEST_BYTES)
        caller.socket.close()


def _wrong(status: HTTPStatus) -> Answer:
    return Answer(status, "text/plain", f"{status.phrase}\n".encode())
