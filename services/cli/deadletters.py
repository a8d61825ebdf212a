"""`adloom deadletters`: how many messages were refused, by reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.broker import broker_of


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(deadletters)


def deadletters(as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False) -> None:
    """Count distinct dead letters by reason."""
    from services.common.topics import DEADLETTER
    from services.wire.codec.deadletter_counts import count_dead_letters
    from services.wire.kafka.reader import read_to_end

    counts = count_dead_letters(read_to_end(broker_of().kafka, DEADLETTER))
    if as_json:
        typer.echo(json.dumps(asdict(counts)))
        return
    table = Table("reason", "messages", title=f"dead letters: {counts.total}")
    for reason, number in counts.by_reason.items():
        table.add_row(reason, str(number))
    Console().print(table)
