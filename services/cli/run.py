"""`adloom run`: the whole loop with simulated shoppers; figures are counted outside of the simulator."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(run)


def run(
    duration: Annotated[
        float | None, typer.Option(min=1.0, help="Seconds of traffic; without this option until Ctrl-C.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what the shoppers do.")] = 1,
    events_per_s: Annotated[float, typer.Option(min=1.0, help="Events a second that shoppers should make.")] = 150.0,
    decisions_per_s: Annotated[float, typer.Option(min=0.5, help="The most requests a second.")] = 60.0,
    shoppers: Annotated[int, typer.Option(min=1, help="How many different shoppers there are.")] = 5_000,
) -> None:
    """Run the whole loop with simulated shoppers and show it live; ends with a summary and one line of JSON."""
    from services.tools.demo import loop as run_loop  # imports Kafka and Feast, which --help does not need

    run_loop.main(run_loop.Wanted(duration or float("inf"), seed, events_per_s, decisions_per_s, shoppers))
