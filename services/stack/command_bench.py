"""`adloom bench [NAME]`: figures of speed as JSON, each held against a bare reference in the same run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.common.errors import Misconfigured

if TYPE_CHECKING:
    from services.stack.bench.figures import Figure
    from services.stack.session import RunningStack

NAMES = ("stream", "freshness", "decisions")


def register(app: typer.Typer) -> None:
    """Adds `bench`."""

    @app.command()
    def bench(
        name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}; empty: all, one after another.")] = "",
    ) -> None:
        """Measure a stack of its own, made for this and gone afterwards; one JSON object a figure."""
        if name and name not in NAMES:
            raise Misconfigured(f"bench: {name!r} where one of {', '.join(NAMES)} was expected.")
        for chosen in [name] if name else NAMES:
            for figure in measure(chosen):
                typer.echo(figure.line())


def measure(name: str) -> list[Figure]:
    """The figures of one benchmark, on a fresh stack."""
    from services.stack.bench.decisions import decisions
    from services.stack.bench.freshness import freshness
    from services.stack.bench.stream import stream
    from services.stack.home import Home
    from services.stack.session import tied_stack

    environ = {key: value for key, value in os.environ.items() if not key.startswith("ADLOOM_")}
    with tempfile.TemporaryDirectory(prefix="adloom-bench-") as folder:
        home = Home(Path(folder)).make()
        with tied_stack(home, environ) as running:
            benchmarks: dict[str, Callable[[RunningStack], list[Figure]]] = {
                "stream": stream,
                "freshness": freshness,
                "decisions": decisions,
            }
            return benchmarks[name](running)
