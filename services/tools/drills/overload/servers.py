"""The servers of the drill `overload`: processes that it starts, and the processor time that they use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass

from services.tools.drills.drill import Setting
from services.tools.drills.overload.load import Generator
from services.tools.drills.overload.refusing_server import WAYS
from services.tools.stack.addresses import LOOPBACK, any_free_port
from services.tools.stack.session import tied_stack
from services.tools.stack.state_dir import StateDir

_END_S = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server's address and process."""

    address: str
    pid: int

    def computed_s(self) -> float:
        """Processor seconds that it has used so far, all threads together."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def creative(setting: Setting) -> Iterator[Server]:
    """The creative service: on the whole stack, or in the short form on the shipped fakes.

    With the stack, the load generator inside the `with` is pinned to a processor of its own, as a real ad server has
    its own. On shared processors the generator would take time from the server, and lower the result.
    """
    if setting.short:
        with _process("creative_on_fakes", f"{LOOPBACK}:{any_free_port()}", str(setting.folder / "fakes")) as server:
            yield server
        return
    servers, generator = shared_out(os.sched_getaffinity(0))
    state_dir = StateDir(setting.folder / "state").make()
    with kept_to(servers), tied_stack(state_dir, setting.environ, ("creative",)) as stack, kept_to(generator):
        yield Server(stack.creative, stack.status()["processes"]["creative"]["pid"])


def shared_out(processors: AbstractSet[int]) -> tuple[AbstractSet[int], AbstractSet[int]]:
    """The processors of the servers, and the one of the generator; the same where there is only one.

    >>> shared_out({0, 1, 2}), shared_out({5})
    (({0, 1}, {2}), ({5}, {5}))
    """
    last = max(processors)
    return processors - {last} or {last}, {last}


@contextmanager
def kept_to(processors: AbstractSet[int]) -> Iterator[None]:
    """Processes that this thread starts inside the `with` run on these processors only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def costs_us(generator: Generator, seconds: float) -> dict[str, float]:
    """Processor microseconds per call of each way to refuse and of an echo, each in one server process."""
    found = {}
    for way in WAYS:
        with _process("refusing_server", way, f"{LOOPBACK}:{any_free_port()}") as server:
            before = server.computed_s()
            load = generator.closed(server.address, 32, seconds)
            found[way] = (server.computed_s() - before) / max(load.sent, 1) * 1e6
    return found


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[Server]:
    """Runs one of the modules beside this one, until the end of the `with` or of this process."""
    command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
    address = next(argument for argument in arguments if argument.startswith(LOOPBACK))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            process.stdout.readline()
            yield Server(address, process.pid)
        finally:
            process.stdin.close()
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
