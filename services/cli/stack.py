"""`adloom up | down | status | stop | start`: the stack of this machine."""

from __future__ import annotations

import json
import logging
import os
from typing import Annotated, Any

import typer
from rich.console import Console

from services.common.errors import Misconfigured
from services.tools.stack import control, session
from services.tools.stack.state_dir import state_dir_of
from services.tools.stack.view import ChangesPrinter, status_view

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
Only = Annotated[str, typer.Option(help="Comma-separated processes, with what they need, in place of all.")]
Name = Annotated[str, typer.Argument(help="A process of adloom status.")]


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    for command in (up, down, status, stop, start):
        app.command()(command)


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when all is ready; adloom down ends it.")] = False,
    only: Only = "",
    as_json: Json = False,
) -> None:
    """Start the stack: each process when its dependencies are ready."""
    chosen = tuple(name for name in only.split(",") if name)
    if detach:
        up_detached(chosen, as_json)
    else:
        up_in_foreground(chosen)


def up_detached(only: tuple[str, ...], as_json: bool) -> None:
    """Start a supervisor that keeps running; return when the stack is up. Ctrl-C before that ends it."""
    state_dir, console = state_dir_of(), Console(stderr=as_json)
    supervisor = session.spawn(state_dir, os.environ, only)
    try:
        session.wait_until_up(state_dir, supervisor, ChangesPrinter(console).show)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait(session.DOWN_WITHIN_S)
        raise
    print_status(control.read_state(state_dir), as_json)


def up_in_foreground(only: tuple[str, ...]) -> None:
    """Run the supervisor in this process and show its events; Ctrl-C ends the stack."""
    from services.tools.stack import foreground

    state_dir = state_dir_of().make()
    logging.basicConfig(
        filename=state_dir.log("supervisor"), level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    foreground.run(state_dir, frozenset(only), Console())


def down(as_json: Json = False) -> None:
    """End the stack; returns when all its processes have ended."""
    ended = session.end(state_dir_of())
    if as_json:
        typer.echo(json.dumps({"ended": ended}))
    else:
        typer.echo("ended" if ended else "nothing was running")


def status(as_json: Json = False) -> None:
    """Show each process with its address, its restarts and what it waits for."""
    state_dir = state_dir_of()
    if not control.is_running(state_dir):
        why = control.read_state(state_dir).get("why")
        raise Misconfigured(
            f"no stack of {state_dir.folder} runs: adloom up starts it.{f' The last one ended: {why}' if why else ''}"
        )
    print_status(control.read_state(state_dir), as_json)


def stop(name: Name) -> None:
    """Stop one process of the stack, for drills; returns when it has ended."""
    control.order(state_dir_of(), verb="stop", name=name)
    typer.echo(f"{name} is stopped; adloom start {name} lets it run again")


def start(name: Name) -> None:
    """Let a stopped process run again; adloom status shows when it is ready."""
    control.order(state_dir_of(), verb="start", name=name)
    typer.echo(f"{name} runs, or is being started; adloom status says which")


def print_status(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        Console().print(status_view(facts))
