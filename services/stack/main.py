"""The supervisor's process: settles the addresses, sweeps what an earlier one left, brings the stack up, ends it."""

from __future__ import annotations

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
from services.stack import control, descendants, table
from services.stack.home import Home, home_of
from services.stack.supervisor import Supervisor


@contextmanager
def warded(home: Home) -> Iterator[None]:
    """From here on, this process's end by any means ends everything that carries the stack's mark."""
    read_end, write_end = os.pipe()
    command = [sys.executable, "-m", "services.stack.warden", str(read_end), home.token, home.shm_prefix]
    null = subprocess.DEVNULL
    with subprocess.Popen(command, pass_fds=[read_end], stdin=null, stdout=null, start_new_session=True):
        os.close(read_end)
        try:
            yield
        finally:
            os.close(write_end)


def sweep(home: Home) -> None:
    """End what an earlier supervisor of this home may have left, and its shared memory."""
    descendants.end_all(lambda: descendants.marked(home.token), gently_s=1.0)
    descendants.sweep_shared_memory(home.shm_prefix)


async def carry_out(supervisor: Supervisor, words: Mapping[str, str]) -> dict[str, Any]:
    """One order of `adloom stop`, `start` or `down`."""
    verb = words["verb"]
    if verb == "status":
        return supervisor.facts()
    if verb == "down":
        supervisor.ending.set()
        return {"done": "down"}
    keeper = supervisor.order(verb, words["name"])
    if verb == "stop":
        await keeper.stop()
    else:
        keeper.want()
    return {"done": verb, "name": words["name"]}


async def follow(until: asyncio.StreamReader, supervisor: Supervisor) -> None:
    """Order the end when the pipe that a parent holds is closed."""
    await until.read()
    supervisor.ending.set()


async def standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def supervise(supervisor: Supervisor, tied: asyncio.StreamReader | None) -> None:
    """The whole life of a stack; raises what kept it from coming up, after everything was ended."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):  # the last by `interrupts.py`
        loop.add_signal_handler(number, supervisor.ending.set)
    server = await control.listen(supervisor.home, lambda words: carry_out(supervisor, words))
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


def build(home: Home, environ: Mapping[str, str], only: frozenset[str]) -> Supervisor:
    """A supervisor of the programs in `only` (all, where it is empty) at the home's addresses."""
    addresses = table.addresses_of(home, environ)
    return Supervisor(home, addresses, table.programs(home, addresses, environ, only))


async def run(home: Home, only: frozenset[str], tied: bool) -> None:
    supervisor = build(home, os.environ, only)
    await supervise(supervisor, await standard_input() if tied else None)


def main() -> int:
    """Run a stack until it is told to end; 0 when it was, with one sentence 1 when it could not come up, and 2 when it
    was told something wrong."""
    parser = argparse.ArgumentParser(description="Run the stack of ADLOOM_HOME until SIGTERM.")
    parser.add_argument("--only", default="", help="comma-separated processes, with what they need")
    parser.add_argument("--tied", action="store_true", help="end when standard input is closed")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    home = home_of().make()
    only = frozenset(chosen.only.split(",")) - {""}
    try:
        with control.sole_supervisor(home):
            sweep(home)
            with warded(home):
                asyncio.run(run(home, only, chosen.tied))
    except AdloomError as error:
        tell(str(error))
        return error.exit_status
    except OSError as error:
        tell(f"{error.filename or 'the system'}: {error.strerror}")
        return AdloomError.exit_status
    return 0


def tell(why: str) -> None:
    """Say why the stack ended: to whoever started it, on standard output, and to the log, which a full disk refuses."""
    for handle in (1, 2):
        with suppress(OSError):  # or nobody listens any more
            os.write(handle, f"adloom: {why}\n".encode(errors="backslashreplace"))


if __name__ == "__main__":
    sys.exit(main())
