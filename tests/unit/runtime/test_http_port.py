"""The port of the probes answers whoever asks, whatever others do to it meanwhile, and ends when it is told to."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http import HTTPStatus

import pytest

from services.runtime.http_port import LONGEST_BYTES, MOST, PATIENCE_S, Answer, HttpPort

LARGE = b"x" * (16 << 20)


def answer(path: str) -> Answer:
    return Answer(HTTPStatus.OK, "text/plain", LARGE if path == "/large" else path.encode())


@pytest.fixture
def port() -> Iterator[HttpPort]:
    served = HttpPort("127.0.0.1", 0, answer)
    served.start()
    yield served
    served.stop()


def connected(port: HttpPort) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port.port), timeout=20)


def get(port: HttpPort, path: str = "/live") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port.port, timeout=20)
    try:
        connection.request("GET", path)
        found = connection.getresponse()
        return found.status, found.read()
    finally:
        connection.close()


def said(port: HttpPort, request: bytes) -> bytes:
    """The first line of what comes back; nothing where the port hangs up."""
    with connected(port) as caller:
        try:
            caller.sendall(request)
            with suppress(OSError):  # it has hung up already
                caller.shutdown(socket.SHUT_WR)
            return caller.makefile("rb").readline()
        except ConnectionError:
            return b""


def test_a_crowd_that_says_nothing_or_little_keeps_nobody_from_an_answer(port: HttpPort) -> None:
    threads = threading.active_count()
    with ExitStack() as crowd:
        for number in range(3 * MOST):
            caller = crowd.enter_context(connected(port))
            caller.sendall(b"GET /live HTTP/1.1\r\nX-Slow: "[: number % 29])
        assert get(port) == (200, b"/live")
        assert threading.active_count() == threads


def test_a_client_that_says_one_byte_now_and_then_is_hung_up_on_in_time(port: HttpPort) -> None:
    port.patience_s = 0.5
    began = time.monotonic()
    with connected(port) as caller:
        caller.settimeout(0.1)
        while time.monotonic() - began < 5 * PATIENCE_S:
            try:
                caller.sendall(b"G")
                if caller.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            pytest.fail("still connected")


def test_a_client_that_reads_nothing_holds_nobody_up_either(port: HttpPort) -> None:
    with connected(port) as caller:
        caller.sendall(b"GET /large HTTP/1.0\r\n\r\n")
        assert get(port) == (200, b"/live")


def test_an_answer_of_any_length_comes_whole(port: HttpPort) -> None:
    assert get(port, "/large") == (200, LARGE)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"HTTP/1.0 400 Bad Request\r\n"),  # TLS
        (b"\r\n\r\n", b"HTTP/1.0 400 Bad Request\r\n"),
        (b"GET\r\n\r\n", b"HTTP/1.0 400 Bad Request\r\n"),
        (b"PRI * HTTP/2.0\r\n\r\n", b"HTTP/1.0 501 Not Implemented\r\n"),
        (b"POST /live HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", b"HTTP/1.0 501 Not Implemented\r\n"),
        (b"GET ".ljust(LONGEST_BYTES, b"/"), b"HTTP/1.0 431 Request Header Fields Too Large\r\n"),
        (b"GET /live HT", b""),
        (b"", b""),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(port: HttpPort, request_: bytes, line: bytes) -> None:
    assert said(port, request_) == line
    assert get(port) == (200, b"/live")


def test_it_stops_at_once_while_clients_hold_connections_open() -> None:
    port = HttpPort("127.0.0.1", 0, answer)
    port.start()
    with ExitStack() as crowd:
        for _ in range(20):
            crowd.enter_context(connected(port)).sendall(b"GET")
        get(port)
        ending = threading.Thread(target=port.stop)
        ending.start()
        ending.join(timeout=PATIENCE_S)
        assert not ending.is_alive()
        with pytest.raises(ConnectionRefusedError):
            connected(port)
