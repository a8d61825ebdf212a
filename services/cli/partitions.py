"""`adloom partitions N`: gives all user-keyed topics more partitions, and moves the workers' states to match."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from services.cli.broker import broker_of

Number = Annotated[int, typer.Argument(min=1, help="Partitions of every user-keyed topic, at least as many as now.")]


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(partitions)


def _report(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def partitions(
    number: Number, as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False
) -> None:
    """Give every user-keyed topic so many partitions, and lay the workers' states out for them.

    Workers that run leave, wait, and go on by themselves. Where it is interrupted, call it again: nothing is lost.
    """
    import asyncio

    from services.tools.stack.kafka.repartition import repartition

    done = asyncio.run(repartition(broker_of().kafka, number, _report))
    if as_json:
        typer.echo(json.dumps(asdict(done)))
    else:
        typer.echo(f"all user-keyed topics have {number} partitions; workers go on within seconds")
