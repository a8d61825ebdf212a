"""The HTTP server: uvicorn on sockets of ours, with callers who may not take for ever.

uvicorn bounds the size of a request's headers (64 KiB, h11) and the idle time between requests, but not how long
somebody may take to send a request or to read an answer. `PatientProtocol` does.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.runtime.listening import listeners
from services.web.settings import WebSettings

ADDRESS: Final = ("WEB", "WEB")
_BACKLOG: Final = 2048
_IDLE_S: Final = 15  # between two requests of one connection
_REQUEST_S: Final = 30.0  # a request and its answer, whatever its route allows
_UNSENT_S: Final = 30.0  # until the rest of a connection's last answer is taken; `close` waits for it for ever


class PatientProtocol(H11Protocol):
    """Closes a connection whose headers, or the rest of a refused body, take longer than `patience_s`.

    Also one that does not read the end of its last answer: uvicorn's `close` would wait for it without a limit.
    """

    patience_s: float = 5.0
    _timer: asyncio.TimerHandle | None = None
    _phase: tuple[int, bool] = (-1, False)  # requests answered, and whether one is being answered
    _answered = 0
    _unsent_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A request is expected at once."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A part of a request."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Afterwards the caller may be silent for a while, but not in the middle of a request."""
        self._answered += 1
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE and not self._busy():
            self._stop()
        else:
            self._watch()
        self._watch_unsent()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop()
        self._stop_unsent()
        super().connection_lost(exc)

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        """Starts the time of a phase when it begins."""
        phase = self._answered, self._busy()
        if phase != self._phase:
            self._stop()
            self._phase = phase
            self._timer = self.loop.call_later(_REQUEST_S if phase[1] else self.patience_s, self.transport.abort)

    def _watch_unsent(self) -> None:
        """Starts anew with each answer: until the next one is complete, what is unsent now must go."""
        self._stop_unsent()
        if self.transport.get_write_buffer_size():
            self._unsent_timer = self.loop.call_later(_UNSENT_S, self._hang_up_if_unsent)

    def _hang_up_if_unsent(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _stop_unsent(self) -> None:
        if self._unsent_timer is not None:
            self._unsent_timer.cancel()
            self._unsent_timer = None

    def _stop(self) -> None:
        self._phase = (-1, False)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class WebServer:
    """Serves an app from `start` to `leave`, in the running loop."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        """Binds the port at once; raises `Misconfigured` where nothing can listen there."""
        host, _, port = settings.web.rpartition(":")
        self._sockets = listeners(host, int(port), _BACKLOG, ADDRESS)
        self.port: int = self._sockets[0].getsockname()[1]
        self._server = _Server(config_of(app, settings))
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when callers are answered."""
        self._serving = asyncio.create_task(self._server.serve(self._sockets))
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
            await asyncio.sleep(0.01)

    async def leave(self) -> None:
        """Takes no more callers, and answers those that are being answered."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's (`services/runtime/process.py`)."""
        yield


def config_of(app: ASGIApp, settings: WebSettings) -> uvicorn.Config:
    """uvicorn's settings."""
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)  # a line for each malformed request would fill the log
    more: dict[str, Any] = {"forwarded_allow_ips": settings.web_proxies} if settings.web_proxies else {}
    protocol = type("Protocol", (PatientProtocol,), {"patience_s": settings.patience_s})
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.web_proxies),
        limit_concurrency=settings.web_connections,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=math.ceil(settings.drain_s),
        **more,
    )
