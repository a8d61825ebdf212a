"""The server on a real port: who is slow is let go, who sends too much is told so, who is served leaves well."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from socket import SO_RCVBUF, SOL_SOCKET, create_connection, socket

import pytest

from services.common.errors import Misconfigured
from services.web import server as module
from services.web.app import build
from services.web.server import WebServer
from tests.unit.web.web_under_test import WebUnderTest

PATIENCE_S = 0.3
LONG_S = 10.0  # a test that waits so long has failed
SELECT = b"POST /v1/select HTTP/1.1\r\nHost: x\r\n"


@contextmanager
def served(web: WebUnderTest) -> Iterator[WebServer]:
    """A server in a thread of its own."""
    settings = replace(web.settings, web="127.0.0.1:0", patience_s=PATIENCE_S)
    begun, leave = threading.Event(), threading.Event()
    servers: list[WebServer] = []

    async def serve() -> None:
        server = WebServer(build(web.parts, settings), settings)
        await server.start()
        servers.append(server)
        begun.set()
        await asyncio.to_thread(leave.wait)
        await server.leave()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    begun.wait(LONG_S)
    try:
        yield servers[0]
    finally:
        leave.set()
        thread.join(LONG_S)
        assert not thread.is_alive()


@pytest.fixture
def port(web: WebUnderTest) -> Iterator[int]:
    with served(web) as found:
        yield found.port


def called(port: int) -> socket:
    return create_connection(("127.0.0.1", port), timeout=LONG_S)


def dripped(line: socket, part: bytes, go_on: Callable[[], bool]) -> bytes:
    """Sends `part` again and again until the server hangs up; returns what it said."""
    until = time.monotonic() + LONG_S
    try:
        while go_on() and time.monotonic() < until:
            line.sendall(part)
            time.sleep(PATIENCE_S / 10)
    except (BrokenPipeError, ConnectionResetError):
        return b"hung up"
    return line.recv(65536)


def test_who_says_nothing_is_let_go(port: int) -> None:
    with called(port) as line:
        assert line.recv(100) == b""


def test_who_sends_headers_for_ever_is_let_go(port: int) -> None:
    with called(port) as line:
        line.sendall(SELECT)
        assert dripped(line, b"X-More: y\r\n", lambda: True) == b"hung up"


def test_who_sends_a_body_for_ever_is_told_and_let_go(port: int) -> None:
    with called(port) as line:
        line.sendall(SELECT + b"Content-Length: 100000\r\n\r\n")
        line.settimeout(LONG_S)
        assert line.recv(65536).startswith(b"HTTP/1.1 408 ")
        assert dripped(line, b" ", lambda: True) == b"hung up"


def test_ten_megabytes_are_refused_before_they_are_read(port: int) -> None:
    with called(port) as line:
        line.sendall(SELECT + b"Content-Length: 10485760\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_who_sends_them_all_the_same_gets_the_answer(port: int) -> None:
    with called(port) as line:
        line.sendall(SELECT + b"Content-Length: 10485760\r\n\r\n" + bytes(10 << 20))
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_connection_serves_one_request_after_another(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONG_S)
    for _ in range(3):
        connection.request("GET", "/nothing")
        answer = connection.getresponse()
        assert (answer.status, b"Not Found" in answer.read()) == (404, True)
        time.sleep(PATIENCE_S * 1.5)  # between requests one may be silent for longer
    connection.close()


def test_headers_without_an_end_are_refused(port: int) -> None:
    with called(port) as line:
        line.sendall(SELECT + b"X: " + b"y" * 100_000)
        assert line.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_a_port_that_is_taken_is_named_by_its_setting(web: WebUnderTest, port: int) -> None:
    settings = replace(web.settings, web=f"127.0.0.1:{port}")
    with pytest.raises(Misconfigured, match="ADLOOM_WEB"):
        WebServer(build(web.parts, settings), settings)


def until(true: Callable[[], bool]) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + LONG_S
    while not true() and time.monotonic() < end:
        time.sleep(0.001)
    return true()


def unsent(server: WebServer) -> list[int]:
    """What each connection of the server has not taken yet, in bytes."""
    connections = list(server._server.server_state.connections)
    return [connection.transport.get_write_buffer_size() for connection in connections]


def filled(server: WebServer, line: socket, request: bytes) -> bool:
    """Asks, and reads nothing, until an answer is complete that the kernel does not take."""
    state = server._server.server_state
    end = time.monotonic() + LONG_S
    while not sum(unsent(server)) and time.monotonic() < end:
        answered = state.total_requests
        line.sendall(request)
        assert until(lambda answered=answered: state.total_requests > answered)  # type: ignore[misc]
    return sum(unsent(server)) > 0


def taken(line: socket) -> int:
    """Bytes that were there to read; never waits: the server may just have sent the last ones and not said so yet."""
    line.setblocking(False)
    try:
        return len(line.recv(1 << 20))
    except BlockingIOError:
        return 0


@pytest.fixture
def picture(web: WebUnderTest) -> bytes:
    """The request for a picture."""
    return f"GET /a/{web.sha256}.png HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def reader(port: int) -> socket:
    line = called(port)
    line.setsockopt(SOL_SOCKET, SO_RCVBUF, 2048)
    return line


@pytest.mark.parametrize("idle_s", [LONG_S * 2, 1.0], ids=["open", "closed but for the rest"])
def test_who_never_reads_the_last_answer_is_let_go(
    web: WebUnderTest, picture: bytes, idle_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_IDLE_S", idle_s)
    monkeypatch.setattr(module, "_UNSENT_S", 1.5)
    with served(web) as server, reader(server.port) as line:
        assert filled(server, line, picture)
        assert until(lambda: not unsent(server))


def test_who_reads_the_last_answer_late_stays(
    web: WebUnderTest, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_UNSENT_S", 2.0)
    with served(web) as server, called(server.port) as line:
        assert filled(server, line, picture)
        assert until(lambda: not taken(line) and not sum(unsent(server)))
        time.sleep(2.1)
        assert unsent(server) == [0]
