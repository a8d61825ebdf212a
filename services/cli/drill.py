"""`adloom drill NAME|all`: inject faults into a stack of its own, and show which promises were kept."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from services.common.errors import Broken, Misconfigured

if TYPE_CHECKING:
    from services.tools.drills.drill import Drill, Outcome

_MARKS = {True: "[green]kept[/green]", False: "[red]BROKEN[/red]"}


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(drill)


def drill(
    name: Annotated[str, typer.Argument(help="A drill's name, or all; empty: list them.")] = "",
    short: Annotated[bool, typer.Option("--short", help="The smaller form that the tests run.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random choices.")] = 1,
    without: Annotated[str, typer.Option(help="Take this defence out first; the drill must then fail.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a drill.")] = False,
) -> None:
    """Prove the laws under faults, on a stack that is removed afterwards; fails where a promise is broken."""
    from services.tools.drills.registry import chosen, drills

    signal.signal(signal.SIGTERM, interrupt_once)
    console = Console(stderr=as_json)
    if not name:
        if short or without:
            raise Misconfigured(f"a drill's name: nothing where one of {', '.join(drills())} or all was expected")
        show_list(list(drills().values()), console)
        return
    if without:
        arguments = [name, *(["--short"] if short else []), f"--seed={seed}", *(["--json"] if as_json else [])]
        raise typer.Exit(run_without(name, without, arguments))
    broken = [one.name for one in chosen(name) if not run(one, short, seed, as_json, console).kept]
    if broken:
        raise Broken(f"promises were broken in {', '.join(broken)}")


def interrupt_once(*_: object) -> None:
    """Ends as Ctrl-C does, so that processes end and the folder is removed; ignores the second signal of `timeout`."""
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise KeyboardInterrupt


def run(one: Drill, short: bool, seed: int, as_json: bool, console: Console) -> Outcome:
    """Runs one drill and shows its outcome."""
    from services.tools.drills.drill import Setting

    environ = {key: value for key, value in os.environ.items() if not key.startswith("ADLOOM_")}
    environ["ADLOOM_ASKED_FORMATS"] = "0"  # they ask for formats of which nothing else shall be made
    console.print(f"[bold]{one.name}[/bold]: {one.summary}")
    with tempfile.TemporaryDirectory(prefix="adloom-drill-") as folder:
        outcome = one.run(Setting(Path(folder), environ, seed, short, lambda text: console.print(f"  {text}")))
    if as_json:
        typer.echo(json.dumps(outcome.facts(one.name)))
    else:
        show(one, outcome, console)
    return outcome


def run_without(name: str, without: str, arguments: list[str]) -> int:
    """Runs the drill on a build that lacks a defence; returns its exit status."""
    from services.tools.drills.mutate_build import build_without, run_there
    from services.tools.drills.registry import chosen, mutation_of

    if name == "all":
        raise Misconfigured("--without: a defence belongs to one drill, name that one instead of all.")
    (one,) = chosen(name)
    mutation = mutation_of(one, without)
    old, new = (text.strip("\n") for text in (mutation.old, mutation.new))
    typer.echo(f"in a copy, {mutation.path} has\n{new or '(nothing)'}\nin place of\n{old}", err=True)
    with tempfile.TemporaryDirectory(prefix="adloom-without-") as folder:
        build = build_without(mutation, Path(folder))
        return run_there(build, ["drill", *arguments], os.environ)


def show(one: Drill, outcome: Outcome, console: Console) -> None:
    """Prints what was injected, what was promised, and what happened."""
    for text in outcome.injected:
        console.print(f"  injected: {text}", highlight=False)
    table = Table("promised", "happened", "", title=one.name, title_justify="left")
    for promise in outcome.promises:
        table.add_row(promise.text, promise.happened, _MARKS[promise.kept])
    console.print(table)


def show_list(all_drills: list[Drill], console: Console) -> None:
    """Prints the drills with what they prove and the defences that can be taken out."""
    table = Table("drill", "proves", Column("fails without\nany of these defences", no_wrap=True), show_lines=True)
    for one in all_drills:
        table.add_row(one.name, one.summary, "\n".join(mutation.name for mutation in one.mutations))
    console.print(table)
