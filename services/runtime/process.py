"""What a serving process does around its own work: log, read its settings, tell its health, and end with a status."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from services.common.errors import AdloomError, Bug, Misconfigured
from services.common.settings import shown
from services.runtime.health import HealthServer, Readiness

BUG: Final = 70
"""Exit status of a process that ended itself because of a mistake of ours."""

_LEAVE: Final = (signal.SIGTERM, signal.SIGINT)
_LOG = logging.getLogger(__name__)


class ServingSettings(Protocol):
    """Settings of a process that tells its health."""

    @property
    def health_port(self) -> int: ...
    @property
    def health_host(self) -> str: ...


Settings = TypeVar("Settings", bound=ServingSettings)


def run_process(name: str, settings_of: Callable[[], Settings], serve: Callable[[Settings, Readiness], None]) -> int:
    """Reads the settings and calls `serve`, which returns when the process was told to leave; the exit status.

    0 then, 2 with one sentence for a wrong setting, 1 with one for a part that start-up needs. A bug in any thread ends
    the process at once, so that the supervisor sees it; raises one of `serve`.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # its retries; what fails for good is raised and told by us
    threading.excepthook = crash
    readiness = Readiness()
    try:
        settings = settings_of()
        _LOG.info("%s", shown(settings))
        health = _health(settings, readiness)
        health.start()
        try:
            serve(settings, readiness)
        finally:
            health.stop()
    except Bug:
        raise
    except AdloomError as error:
        sys.stderr.write(f"adloom {name}: {error}\n")
        return error.exit_status
    return 0


def asked_to_leave() -> threading.Event:
    """Set once SIGTERM or SIGINT comes; for a process whose main thread works, and waits, by itself."""
    asked = threading.Event()
    for number in _LEAVE:
        signal.signal(number, lambda *_: asked.set())
    return asked


def asked_loop_to_leave() -> asyncio.Event:
    """The same for the running event loop."""
    asked = asyncio.Event()
    for number in _LEAVE:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked


def exit_status_of(name: str, work: Callable[[], int]) -> int:
    """The exit status that `work` returns; where a setting is wrong, that in one sentence and its status."""
    try:
        return work()
    except Misconfigured as wrong:
        sys.stderr.write(f"{name}: {wrong}\n")
        return wrong.exit_status


def _health(settings: ServingSettings, readiness: Readiness) -> HealthServer:
    try:
        return HealthServer(settings.health_port, readiness, settings.health_host)
    except OSError as exc:
        address = f"{settings.health_host}:{settings.health_port}"
        raise Misconfigured(f"ADLOOM_HEALTH_PORT: nothing can listen on {address} ({exc.strerror})") from exc


def crash(failed: threading.ExceptHookArgs) -> None:
    """Ends the process with status `BUG`."""
    _LOG.critical("A thread ended by a bug", exc_info=failed.exc_value)
    os._exit(BUG)
