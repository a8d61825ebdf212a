"""The supervisor's process: cleans up after an earlier one, chooses the addresses, starts the stack and ends it."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("stack")  # before the other imports, which take seconds

import argparse
import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from services.common.errors import AdloomError
from services.tools.stack import control, descendants, table
from services.tools.stack.pictures_place import place_for, require_store
from services.tools.stack.state_dir import StateDir, state_dir_of
from services.tools.stack.supervisor import Supervisor


@contextmanager
def reaped(state_dir: StateDir) -> Iterator[None]:
    """Starts the reaper: when this process ends, in any way, all processes with the stack's mark are ended."""
    read_end, write_end = os.pipe()
    command = [
        sys.executable,
        "-m",
        "services.tools.stack.reaper",
        str(read_end),
        state_dir.token,
        state_dir.shm_prefix,
    ]
    null = subprocess.DEVNULL
    with subprocess.Popen(command, pass_fds=[read_end], stdin=null, stdout=null, start_new_session=True):
        os.close(read_end)
        try:
            yield
        finally:
            os.close(write_end)


def sweep(state_dir: StateDir) -> None:
    """End processes that an earlier supervisor of this state directory left, and remove its shared memory."""
    descendants.end_all(lambda: descendants.marked(state_dir.token), gently_s=1.0)
    descendants.sweep_shared_memory(state_dir.shm_prefix)


async def carry_out(supervisor: Supervisor, command: Mapping[str, str]) -> dict[str, Any]:
    """Execute one command: `status`, `stop`, `start` or `down`."""
    verb = command["verb"]
    if verb == "status":
        return supervisor.facts()
    if verb == "down":
        supervisor.ending.set()
        return {"done": "down"}
    runner = supervisor.order(verb, command["name"])
    if verb == "stop":
        await runner.stop()
    else:
        runner.want()
    return {"done": verb, "name": command["name"]}


async def follow(until: asyncio.StreamReader, supervisor: Supervisor) -> None:
    """Request the end when the pipe that a parent process holds is closed."""
    await until.read()
    supervisor.ending.set()


async def standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def supervise(supervisor: Supervisor, tied: asyncio.StreamReader | None) -> None:
    """Run a stack from start to end; where it cannot come up, raises the reason after everything was ended."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):  # the last by `interrupts.py`
        loop.add_signal_handler(number, supervisor.ending.set)
    server = await control.listen(supervisor.state_dir, lambda command: carry_out(supervisor, command))
    following = asyncio.create_task(follow(tied, supervisor)) if tied else None
    try:
        await supervisor.up()
        await supervisor.serve()
    except AdloomError as error:
        supervisor.why = str(error)
        raise
    finally:
        await supervisor.down()
        server.close()
        if following:
            following.cancel()


def build(state_dir: StateDir, environ: Mapping[str, str], only: frozenset[str]) -> Supervisor:
    """A supervisor of the programs in `only` (all, where it is empty) at the state directory's addresses."""
    addresses = table.addresses_of(state_dir, environ)
    programs = table.programs(state_dir, addresses, environ, only)
    return Supervisor(state_dir, addresses, programs, place_for(state_dir, environ))


async def run(state_dir: StateDir, only: frozenset[str], tied: bool) -> None:
    supervisor = build(state_dir, os.environ, only)
    require_store(supervisor.assets)
    await supervise(supervisor, await standard_input() if tied else None)


def main() -> int:
    """Run a stack until it is asked to end; returns 0 then, 1 where it could not come up, 2 where a setting is wrong.

    A failure is reported in one sentence.
    """
    parser = argparse.ArgumentParser(description="Run the stack of ADLOOM_HOME until SIGTERM.")
    parser.add_argument("--only", default="", help="comma-separated processes, with what they need")
    parser.add_argument("--tied", action="store_true", help="end when standard input is closed")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    state_dir = state_dir_of().make()
    only = frozenset(chosen.only.split(",")) - {""}
    try:
        with control.sole_supervisor(state_dir):
            sweep(state_dir)
            with reaped(state_dir):
                asyncio.run(run(state_dir, only, chosen.tied))
    except AdloomError as error:
        tell(str(error))
        return error.exit_status
    except OSError as error:
        tell(f"{error.filename or 'the system'}: {error.strerror}")
        return AdloomError.exit_status
    return 0


def tell(why: str) -> None:
    """Write why the stack ended to standard output, for the caller, and to the log, unless the disk is full."""
    for handle in (1, 2):
        with suppress(OSError):  # or the caller has gone
            os.write(handle, f"adloom: {why}\n".encode(errors="backslashreplace"))


if __name__ == "__main__":
    sys.exit(main())
