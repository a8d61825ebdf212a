"""The table of everything that one stack runs."""

from __future__ import annotations

from collections.abc import Mapping

from services.common.errors import Misconfigured
from services.stack import kafka_server, processes, redis_server, triton_server
from services.stack.addresses import Addresses, settle
from services.stack.descendants import MARK
from services.stack.home import Home
from services.stack.program import Program
from services.stack.surroundings import own

ATTRIBUTION_WINDOW_S = "15"  # short, so that a demo of a minute sees windows close; half an hour is the real default


def environment(home: Home, addresses: Addresses, environ: Mapping[str, str]) -> dict[str, str]:
    """What every process of the stack finds in its environment."""
    return {
        "ADLOOM_ATTRIBUTION_WINDOW_S": ATTRIBUTION_WINDOW_S,
        "ADLOOM_ALLOW_SEEDS": "1",  # a drill may ask twice with one seed; callers of a real deployment may not
        "ADLOOM_ALLOW_APPROVALS": "1",  # whoever sits at this machine may approve what they generate
        **own(environ),
        MARK: home.token,
        "ADLOOM_HOME": str(home.folder),
        "ADLOOM_KAFKA": addresses["kafka"],
        "ADLOOM_REDIS": addresses["redis"],
        "ADLOOM_TRITON": addresses["triton"],
        "ADLOOM_CREATIVE": addresses["creative"],
        "ADLOOM_EVENTS": addresses["events"],
        "ADLOOM_SECRETS_DIR": str(home.secrets),
        "ADLOOM_ASSETS_DIR": str(home.assets),
        "ADLOOM_TRITON_KEY_FILE": str(triton_server.key_file(home)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
    }


def addresses_of(home: Home, environ: Mapping[str, str]) -> Addresses:
    """The doors of the stack at `home`; its ports stay what they were at the last start where they can."""
    names = tuple(process.name for process in processes.PROCESSES)
    return settle(names, home.ports, home.token, environ)


def programs(home: Home, addresses: Addresses, environ: Mapping[str, str], only: frozenset[str]) -> tuple[Program, ...]:
    """All programs in start order, or those in `only` and what these need."""
    common = environment(home, addresses, environ)
    everything = (
        *kafka_server.programs(home, addresses, common),
        redis_server.program(home, addresses, common),
        triton_server.program(home, addresses, common),
        *(processes.program(process, home, addresses, common) for process in processes.PROCESSES),
    )
    return with_needs(everything, only) if only else everything


def with_needs(everything: tuple[Program, ...], only: frozenset[str]) -> tuple[Program, ...]:
    """The programs named and, transitively, those that they need."""
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
            todo.extend(by_name[name].needs)
    return tuple(program for program in everything if program.name in chosen)
