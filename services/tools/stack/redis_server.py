"""A real Redis server from a wheel, which has every acknowledged write on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.tools.stack.addresses import LOOPBACK, Addresses
from services.tools.stack.probes import ping
from services.tools.stack.program import Program
from services.tools.stack.state_dir import ROOT, StateDir

SERVER = ROOT / ".venv" / "bin" / "redis-server"

# `everysec` may lose acknowledged writes in a kill; a rewritten process title would hide the mark in its environment.
SETTINGS = {
    "bind": LOOPBACK,
    "protected-mode": "yes",
    "appendonly": "yes",
    "appendfsync": "always",
    "save": '""',
    "daemonize": "no",
    "set-proc-title": "no",
}


def configuration(port: int, data: Path) -> str:
    """The text of redis.conf.

    >>> "appendfsync always" in configuration(6379, Path("/srv")).splitlines()
    True
    """
    lines = {**SETTINGS, "port": str(port), "dir": f'"{data}"'}
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def program(state_dir: StateDir, addresses: Addresses, environment: Mapping[str, str]) -> Program:
    """Redis as a program of the stack."""
    data, address = state_dir.data("redis"), addresses["redis"]
    if "redis" in addresses.external:
        return Program("redis", (), state_dir.log("redis"), data, probe=ping(address))

    def prepare() -> None:
        data.mkdir(parents=True, exist_ok=True)
        (data / "redis.conf").write_text(configuration(addresses.port("redis"), data))

    command = (str(SERVER), str(data / "redis.conf"))
    return Program("redis", command, state_dir.log("redis"), data, environment, probe=ping(address), prepare=prepare)
