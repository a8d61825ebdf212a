"""The frame of a serving process: logging, settings, health server, signals and exit status."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Final, Protocol, TypeVar

from services.common.errors import AdloomError, Bug, Misconfigured
from services.common.settings import is_folder_deleted, shown
from services.runtime.health import HealthServer, Readiness

BUG: Final = 70
"""Exit status of a process that ended because of a bug."""

_FILES: Final = 65_536
"""Open files that a process allows itself, where it may; a thousand silent connections use up a usual default."""

_LEAVE: Final = (signal.SIGTERM, signal.SIGINT)
_LOG = logging.getLogger(__name__)


class ServingSettings(Protocol):
    """Settings of a process with a health server."""

    @property
    def health_port(self) -> int: ...
    @property
    def health_host(self) -> str: ...


Settings = TypeVar("Settings", bound=ServingSettings)


def run_process(name: str, settings_of: Callable[[], Settings], serve: Callable[[Settings, Readiness], None]) -> int:
    """Reads the settings and calls `serve`, which returns after SIGTERM or SIGINT; returns the exit status.

    The status is 0 after `serve` returned, 2 for a wrong setting, 1 if a part that start-up needs is unavailable, and
    130 for a SIGINT while nothing was served. For the last three, one sentence on stderr says why. A `Bug` that `serve`
    raises is raised again. A bug in another thread ends the process at once, so that the supervisor notices.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # hides its retries; our code reports final failures
    threading.excepthook = crash
    allow_files()
    readiness = Readiness()
    try:
        settings = settings_of()
        require_folder(settings)
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
    except KeyboardInterrupt:  # before `serve` has installed handlers, or a second one after it has removed them
        sys.stderr.write(f"adloom {name}: interrupted\n")
        return 128 + signal.SIGINT
    return 0


def require_folder(settings: object) -> None:
    """Raises `Misconfigured` where a path of the settings is relative to a working directory that was deleted."""
    if not is_folder_deleted():
        return
    for one in fields(settings):  # type: ignore[arg-type]  # every record of settings is a dataclass
        path = getattr(settings, one.name)
        if isinstance(path, Path) and not path.is_absolute():
            expected = "an absolute path was expected: the working directory was deleted"
            raise Misconfigured(f"ADLOOM_{one.name.upper()}: {path} where {expected}")


def allow_files() -> None:
    """Raises this process's limit of open files, which is lower than it may be on most machines."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(most, _FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def asked_to_leave() -> threading.Event:
    """An event that SIGTERM or SIGINT sets; for a process without an event loop in its main thread."""
    asked = threading.Event()
    for number in _LEAVE:
        signal.signal(number, lambda *_: asked.set())
    return asked


def asked_loop_to_leave() -> asyncio.Event:
    """The same as `asked_to_leave`, for the running event loop."""
    asked = asyncio.Event()
    for number in _LEAVE:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked


def exit_status_of(name: str, work: Callable[[], int]) -> int:
    """The exit status that `work` returns; for a wrong setting, one sentence on stderr and its exit status."""
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
    """Ends the process with status `BUG` after an exception in a thread."""
    _LOG.critical("A thread ended by a bug", exc_info=failed.exc_value)
    os._exit(BUG)
