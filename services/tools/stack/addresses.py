"""The ports of one stack: chosen from the free ones, stored, and reused at the next start."""

from __future__ import annotations

import itertools
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import Misconfigured, Unavailable
from services.runtime.whole_file import write_whole

LOOPBACK = "127.0.0.1"
FIRST_PORT, LAST_PORT = 20000, 32000  # below the ephemeral range of outgoing connections
EXTERNAL = {"kafka": "ADLOOM_KAFKA", "redis": "ADLOOM_REDIS", "triton": "ADLOOM_TRITON"}
SERVICES = ("kafka", "redis", "triton", "creative", "events", "web")
INTERNAL = ("kafka_controller", "triton_metrics")

_ASKED = itertools.count()


@dataclass(frozen=True, slots=True)
class Addresses:
    """host:port of every endpoint of the stack, by name, and which of them are external."""

    by_name: Mapping[str, str]
    external: frozenset[str]

    def __getitem__(self, name: str) -> str:
        return self.by_name[name]

    def port(self, name: str) -> int:
        """The port of an endpoint that is not external."""
        return int(self.by_name[name].rpartition(":")[2])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback interface now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """A port that is free now, a different one at each call, outside the ephemeral range of outgoing connections.

    The server may take seconds to start on a busy machine, and would fail if the port were taken meanwhile.
    """
    return choose_ports(("any",), {}, start=97 * os.getpid() + 8 * next(_ASKED))["any"]


def choose_ports(names: tuple[str, ...], remembered: Mapping[str, int], start: int) -> dict[str, int]:
    """A free port for every name: the remembered one where it is still free, else the next from `start` on."""
    chosen = {name: port for name, port in remembered.items() if name in names and is_free(port)}
    taken = set(chosen.values())
    candidates = (FIRST_PORT + (start + step) % (LAST_PORT - FIRST_PORT) for step in range(LAST_PORT - FIRST_PORT))
    free = (port for port in candidates if port not in taken and is_free(port))
    for name in names:
        if name not in chosen:
            port = next(free, None)
            if port is None:
                raise Misconfigured(f"no port between {FIRST_PORT} and {LAST_PORT} of {LOOPBACK} is free.")
            chosen[name] = port
    return chosen


def read_external(environ: Mapping[str, str]) -> dict[str, str]:
    """The addresses of parts that already run elsewhere, checked to look like host:port.

    >>> read_external({"ADLOOM_REDIS": "cache.internal:6379"})
    {'redis': 'cache.internal:6379'}
    """
    given = {name: environ[variable] for name, variable in EXTERNAL.items() if environ.get(variable)}
    for name, address in given.items():
        for one in address.split(","):
            if not one.rpartition(":")[0] or not one.rpartition(":")[2].isdigit():
                raise Misconfigured(f"{EXTERNAL[name]}: {address!r} where host:port was expected")
    return given


def remembered(memory: Path) -> dict[str, int]:
    """The ports in the file; empty where it is missing or invalid."""
    try:
        ports = json.loads(memory.read_text())
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def settle(names: tuple[str, ...], memory: Path, token: str, environ: Mapping[str, str]) -> Addresses:
    """The addresses of a stack whose own processes are `names`; remembers the ports in the file `memory`."""
    given = read_external(environ)
    ours = tuple(name for name in (*SERVICES, *INTERNAL, *(f"health_{n}" for n in names)) if name not in given)
    ports = choose_ports(ours, remembered(memory), int(token, 16))
    try:
        write_whole(memory, json.dumps(ports))
    except OSError as exc:
        raise Unavailable("disk", f"{memory} cannot be written: {exc.strerror}") from exc
    by_name = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
    return Addresses({**by_name, **given}, frozenset(given))
