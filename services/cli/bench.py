"""`adloom bench [NAME...]`: performance figures as JSON, each compared with a bare reference in the same run."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.common.errors import Misconfigured

if TYPE_CHECKING:
    from services.tools.bench.figures import Figure
    from services.tools.stack.session import RunningStack

LARGEST = 100_000
MEMORY_S = 600.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of a benchmark."""

    largest: int = LARGEST  # users
    memory_s: float = MEMORY_S


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark, on a fresh stack of these processes and their dependencies."""

    run: Callable[[RunningStack, Wanted], list[Figure]]
    only: tuple[str, ...] = ()  # empty: all
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alone:
    """One benchmark that needs no stack."""

    run: Callable[[], list[Figure]]


def _stream(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.stream import stream

    return stream(running)


def _freshness(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.freshness import freshness

    return freshness(running)


def _catalogue(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.catalogue import catalogue

    return catalogue(running)


def _decisions(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.decisions import decisions

    return decisions(running)


def _candidates(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.large_shop import large_shop

    return large_shop(running)


def _web(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.web import web

    return web(running)


def _generate() -> list[Figure]:
    from services.tools.bench.generate import generate

    return generate()


def _compose() -> list[Figure]:
    from services.tools.bench.compose import compose_figures

    return compose_figures()


def _studio(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.studio import PRODUCTS, studio

    return studio(running, min(wanted.largest, PRODUCTS))


def _legibility() -> list[Figure]:
    from services.tools.bench.legibility import legibility_figures

    return legibility_figures()


def _screen() -> list[Figure]:
    from services.screening.judges import Installed
    from services.screening.policy import policy
    from services.tools.bench.planted import PLANTED, planted_figures

    return planted_figures(Installed(), policy(), PLANTED)


def _users(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.users import users

    return users(running, wanted.largest)


def _memory(running: RunningStack, wanted: Wanted) -> list[Figure]:
    from services.tools.bench.memory import memory

    return memory(running, wanted.memory_s)


BENCHMARKS: Mapping[str, Benchmark | Alone] = {
    "stream": Benchmark(_stream, ("profiles",)),
    "freshness": Benchmark(_freshness),
    "catalogue": Benchmark(_catalogue, ("creative", "events")),
    # Without the consumers of decisions, which would use up part of the processors.
    "decisions": Benchmark(_decisions, ("creative",)),
    "candidates": Benchmark(_candidates, ("creative",)),
    # All calls come from one address, so no limit holds.
    "web": Benchmark(_web, ("creative", "web"), {"ADLOOM_WEB_RATE_PER_S": "0"}),
    "compose": Alone(_compose),
    # On two stacks, one after another: generated creatives are laid out beside the answers, and among them.
    "generate": Alone(_generate),
    "studio": Benchmark(_studio, ("studio",), {"ADLOOM_FORMATS": "300x250:1,728x90:1,320x50:1"}),
    "legibility": Alone(_legibility),
    "screen": Alone(_screen),
    "users": Benchmark(_users, ("profiles",)),
    # With short windows that are full after the warm-up, because their filling is no leak.
    "memory": Benchmark(_memory, environ={"ADLOOM_ATTRIBUTION_WINDOW_S": "60"}),
}
LONG = ("candidates", "generate", "legibility", "memory", "screen", "studio")
"""Benchmarks that run only by name, because they take minutes."""

_NAMES = ", ".join(BENCHMARKS)


def register(app: typer.Typer) -> None:
    """Adds `bench`."""

    @app.command()
    def bench(
        names: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="NAME",
                help=f"Of {_NAMES}, one after another; none: all but {', '.join(LONG)}.",
                show_default=False,
            ),
        ] = None,
        largest: Annotated[
            int, typer.Option(min=1, help="users: the largest number of users; studio: of products, at most 1,000.")
        ] = LARGEST,
        seconds: Annotated[float, typer.Option(min=1.0, help="memory: how long the load lasts.")] = MEMORY_S,
        as_json: Annotated[bool, typer.Option("--json", help="Figures are always JSON.")] = True,
    ) -> None:
        """Measure, each time on a stack of its own, which is removed afterwards; prints one JSON object per figure."""
        for name in chosen(names or []):
            for figure in measure(name, Wanted(largest, seconds)):
                typer.echo(figure.line())


def chosen(names: Sequence[str]) -> list[str]:
    """The benchmarks to run, each once and in the order of the names; refuses an unknown name before anything runs."""
    for name in names:
        if name not in BENCHMARKS:
            raise Misconfigured(f"bench: {name!r} where one of {_NAMES} was expected.")
    return list(dict.fromkeys(names)) or [name for name in BENCHMARKS if name not in LONG]


def measure(name: str, wanted: Wanted) -> list[Figure]:
    """The figures of one benchmark, on a fresh stack."""
    from services.tools.stack.session import tied_stack
    from services.tools.stack.state_dir import StateDir

    sys.stderr.write(f"bench: {name}\n")
    benchmark = BENCHMARKS[name]
    if isinstance(benchmark, Alone):
        return benchmark.run()
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ADLOOM_")}
    environ["ADLOOM_ASKED_FORMATS"] = "0"  # they ask for formats of which nothing else shall be made
    with tempfile.TemporaryDirectory(prefix="adloom-bench-") as folder:
        state_dir = StateDir(Path(folder)).make()
        with tied_stack(state_dir, {**environ, **benchmark.environ}, benchmark.only) as running:
            return benchmark.run(running, wanted)
