"""A port that answers short GET requests in one thread, whatever strangers send to it, or do not send.

Memory is bounded (`MOST` connections of at most `LONGEST_BYTES` read), and so is time (`PATIENCE_S` a connection, from
beginning to end). Where all places are taken, the connection that has been there longest makes room for the next:
whoever asks at once is answered, however many hold a connection open and say nothing.
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
"""Connections at a time."""

LONGEST_BYTES: Final = 8 * 1024
"""Of a request with its headers."""

PATIENCE_S: Final = 5.0
"""That a connection may take, request and answer together."""

_LOOK_S: Final = 0.5
_WAIT_S: Final = 0.05
_BACKLOG: Final = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path is answered with."""

    status: HTTPStatus
    content_type: str
    body: bytes

    def written(self) -> bytes:
        """As HTTP 1.0, after which the connection ends.

        >>> Answer(HTTPStatus.OK, "text/plain", b"alive").written().splitlines()[0]
        b'HTTP/1.0 200 OK'
        """
        head = f"HTTP/1.0 {self.status.value} {self.status.phrase}\r\nContent-Type: {self.content_type}\r\n"
        return f"{head}Content-Length: {len(self.body)}\r\nConnection: close\r\n\r\n".encode() + self.body


@dataclass(slots=True)
class _Caller:
    """A connection, and how far it is."""

    socket: socket.socket
    until: float
    heard: bytearray = field(default_factory=bytearray)
    unsent: memoryview | None = None  # None until the request is there


class HttpPort:
    """Answers from `start` to `stop`."""

    patience_s: float = PATIENCE_S

    def __init__(self, host: str, port: int, answer: Callable[[str], Answer]) -> None:
        """Binds at once (`listening.py` says what a host is); `answer` gets a path, and must not block."""
        self._listeners = listeners(host, port, _BACKLOG)
        for listener in self._listeners:
            listener.setblocking(False)
        self.port: int = self._listeners[0].getsockname()[1]
        self._answer = answer
        self._callers: dict[socket.socket, _Caller] = {}  # the oldest first
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def start(self) -> None:
        """Starts answering, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stops answering, hangs up and closes the port."""
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
                elif key.fileobj in self._callers:  # not hung up on in this very turn
                    self._go_on(self._callers[key.fileobj])
            now = time.monotonic()
            for caller in [caller for caller in self._callers.values() if caller.until < now]:
                self._hang_up(caller)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # it is gone already
        except OSError:
            time.sleep(_WAIT_S)  # the process has no more files for now
            return
        connection.setblocking(False)
        if len(self._callers) >= MOST:
            self._hang_up(next(iter(self._callers.values())))
        caller = _Caller(connection, time.monotonic() + self.patience_s)
        self._callers[connection] = caller
        self._selector.register(connection, selectors.EVENT_READ)
        self._go_on(caller)  # mostly the request is there

    def _go_on(self, caller: _Caller) -> None:
        """Reads, or writes, as much as there is without waiting."""
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
            self._say(caller, self._answer_to(bytes(caller.heard).split(b"\n", 1)[0]))
        elif len(caller.heard) >= LONGEST_BYTES:
            self._say(caller, _wrong(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    def _say(self, caller: _Caller, answer: Answer) -> None:
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
        with suppress(OSError):  # what is left unread would make the answer be thrown away on its way
            caller.socket.shutdown(socket.SHUT_WR)
            caller.socket.recv(LONGEST_BYTES)
        caller.socket.close()


def _wrong(status: HTTPStatus) -> Answer:
    return Answer(status, "text/plain", f"{status.phrase}\n".encode())
