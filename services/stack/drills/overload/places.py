"""Where the drill of overload plays: processes that it starts, and how much they compute."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.stack.addresses import LOOPBACK
from services.stack.drills.drill import Setting
from services.stack.drills.overload.load import Generator
from services.stack.drills.overload.refusing_server import WAYS
from services.stack.home import Home
from services.stack.session import tied_stack

_END_S = 15.0


@dataclass(frozen=True, slots=True)
class Door:
    """A server's address and process."""

    address: str
    pid: int

    def computed_s(self) -> float:
        """Processor seconds that it has used so far, all threads together."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def creative(setting: Setting) -> Iterator[Door]:
    """The creative-service: on the whole stack, or in the short form on the shipped fakes."""
    if setting.short:
        with _process("creative_on_fakes", _free(), str(setting.folder / "fakes")) as door:
            yield door
        return
    with tied_stack(Home(setting.folder / "home").make(), setting.environ, only=("creative",)) as stack:
        yield Door(stack.creative, stack.status()["processes"]["creative"]["pid"])


def costs_us(generator: Generator, seconds: float) -> dict[str, float]:
    """Processor microseconds a call of each way to refuse, and of an echo, in one server process."""
    found = {}
    for way in WAYS:
        with _process("refusing_server", way, _free()) as door:
            before = door.computed_s()
            load = generator.closed(door.address, 32, seconds)
            found[way] = (door.computed_s() - before) / max(load.sent, 1) * 1e6
    return found


@contextmanager
def _process(module: str, *words: str) -> Iterator[Door]:
    """One of the modules beside this one, when it serves; it ends with the `with`, or with us."""
    command = [sys.executable, "-m", f"{__package__}.{module}", *words]
    address = next(word for word in words if word.startswith(LOOPBACK))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            process.stdout.readline()
            yield Door(address, process.pid)
        finally:
            process.stdin.close()
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _free() -> str:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return f"{LOOPBACK}:{free.getsockname()[1]}"
