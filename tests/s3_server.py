"""A real server of S3's protocol, moto's, in a process of its own; it keeps objects in memory."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.error import URLError

from services.tools.stack.addresses import any_free_port
from tests.waiting import wait_for


@dataclass(frozen=True)
class S3Server:
    """One that runs."""

    process: subprocess.Popen[bytes]
    url: str

    def make_bucket(self, name: str) -> None:
        self._send("PUT", f"/{name}")

    @contextmanager
    def muted(self) -> Iterator[None]:
        """It accepts connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @contextmanager
    def strict(self) -> Iterator[None]:
        """It knows no key."""
        self._send("POST", "/moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self._send("POST", "/moto-api/reset-auth", b"inf")

    def answers(self) -> bool:
        with suppress(URLError):
            self._send("GET", "/moto-api/")
            return True
        return False

    def _send(self, method: str, path: str, body: bytes | None = None) -> None:
        headers = {"content-type": "text/plain"}
        asked = urllib.request.Request(self.url + path, body, headers, method=method)
        urllib.request.urlopen(asked, timeout=10).close()


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """One on this machine, as soon as it answers."""
    host, port = "127.0.0.1", str(any_free_port())
    line = [sys.executable, "-m", "moto.server", "-H", host, "-p", port]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            server = S3Server(process, f"http://{host}:{port}")
            wait_for("the server of S3", server.answers)
            yield server
        finally:
            process.kill()
