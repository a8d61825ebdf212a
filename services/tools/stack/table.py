"""The table of everything that one stack runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.common.errors import Misconfigured
from services.tools.stack import processes
from services.tools.stack.addresses import Addresses, settle
from services.tools.stack.descendants import MARK
from services.tools.stack.kafka import server as kafka_server
from services.tools.stack.pictures_place import VARIABLE, place_for
from services.tools.stack.program import Program
from services.tools.stack.redis import server as redis_server
from services.tools.stack.state_dir import StateDir
from services.tools.stack.surroundings import own
from services.tools.stack.triton import server as triton_server

ATTRIBUTION_WINDOW_S = "15"  # short, so that a demo of a minute sees windows close; half an hour is the real default


def environment(state_dir: StateDir, addresses: Addresses, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of every process of the stack."""
    models = environ.get(triton_server.MODELS_DIR)
    return {
        "ADLOOM_ATTRIBUTION_WINDOW_S": ATTRIBUTION_WINDOW_S,
        "ADLOOM_ALLOW_SEEDS": "1",  # a drill may repeat a seed; callers of a real deployment may not
        "ADLOOM_ALLOW_APPROVALS": "1",  # the local user may approve what they generate
        "ADLOOM_APPROVE": "studio",  # what passes the screen is served at once, to be looked at here
        **own(environ),
        MARK: state_dir.token,
        "ADLOOM_HOME": str(state_dir.folder),
        "ADLOOM_KAFKA": addresses["kafka"],
        "ADLOOM_REDIS": addresses["redis"],
        "ADLOOM_TRITON": addresses["triton"],
        "ADLOOM_CREATIVE": addresses["creative"],
        "ADLOOM_EVENTS": addresses["events"],
        "ADLOOM_WEB": addresses["web"],
        "ADLOOM_SECRETS_DIR": str(state_dir.secrets),
        VARIABLE: place_for(state_dir, environ),
        triton_server.MODELS_DIR: str(Path(models).absolute() if models else triton_server.REPOSITORY),
        "ADLOOM_TRITON_KEY_FILE": str(triton_server.key_file(state_dir)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
    }


def addresses_of(state_dir: StateDir, environ: Mapping[str, str]) -> Addresses:
    """The endpoints of the stack at `state_dir`; ports of its last start are reused where they are free."""
    names = tuple(process.name for process in processes.PROCESSES)
    return settle(names, state_dir.ports, state_dir.token, environ)


def programs(
    state_dir: StateDir, addresses: Addresses, environ: Mapping[str, str], only: frozenset[str]
) -> tuple[Program, ...]:
    """All programs in start order, or those in `only` and what these need."""
    common = environment(state_dir, addresses, environ)
    everything = (
        *kafka_server.programs(state_dir, addresses, common),
        redis_server.program(state_dir, addresses, common),
        triton_server.program(state_dir, addresses, common),
        *(processes.program(process, state_dir, addresses, common) for process in processes.PROCESSES),
    )
    return with_needs(everything, only) if only else everything


def with_needs(everything: tuple[Program, ...], only: frozenset[str]) -> tuple[Program, ...]:
    """The programs named and, transitively, those that they need or that go along."""
    by_name = {program.name: program for program in everything}
    unknown = only - by_name.keys()
    if unknown:
        raise Misconfigured(f"no process is called {', '.join(sorted(unknown))}; there are {', '.join(by_name)}.")
    chosen: set[str] = set()
    todo = list(only)
    while todo:
        name = todo.pop()
        if name not in chosen:
            chosen.add(name)
            todo.extend((*by_name[name].needs, *by_name[name].along))
    return tuple(program for program in everything if program.name in chosen)
