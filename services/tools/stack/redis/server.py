"""Runs a real Redis server from a wheel, with every acknowledged write on disk."""

from __future__ import annotations

from collections.abc import Mapping

from services.runtime.whole_file import write_whole
from services.tools.stack.addresses import LOOPBACK, Addresses
from services.tools.stack.probes import ping
from services.tools.stack.program import Program
from services.tools.stack.state_dir import ROOT, StateDir

CONFIGURATION = "redis.conf"
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
    "dir": "./",  # relative, as an absolute path may contain quote characters
}


def configuration(port: int) -> str:
    """The text of redis.conf.

    >>> "appendfsync always" in configuration(6379).splitlines()
    True
    """
    lines = {**SETTINGS, "port": str(port)}
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def program(state_dir: StateDir, addresses: Addresses, environment: Mapping[str, str]) -> Program:
    """Redis as a program of the stack."""
    data, address = state_dir.data("redis"), addresses["redis"]
    if "redis" in addresses.external:
        return Program("redis", (), state_dir.log("redis"), data, probe=ping(address))

    def prepare() -> None:
        write_whole(data / CONFIGURATION, configuration(addresses.port("redis")))

    command = (str(SERVER), CONFIGURATION)
    return Program("redis", command, state_dir.log("redis"), data, environment, probe=ping(address), prepare=prepare)
