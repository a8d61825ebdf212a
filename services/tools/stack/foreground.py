"""`adloom up` in the foreground: the supervisor in this process, and its status table in the terminal."""

from __future__ import annotations

import asyncio
import os

from rich.console import Console
from rich.live import Live

from services.tools.stack import control, main
from services.tools.stack.state_dir import StateDir
from services.tools.stack.supervisor import Supervisor
from services.tools.stack.view import ChangesPrinter, status_view

_LOOK_S = 0.25


async def show_on_terminal(supervisor: Supervisor, console: Console) -> None:
    """Update the table until cancelled."""
    with Live(console=console, auto_refresh=False) as live:
        try:
            while True:
                live.update(status_view(supervisor.facts()), refresh=True)
                await asyncio.sleep(_LOOK_S)
        finally:
            live.update(status_view(supervisor.facts()), refresh=True)


async def show_changes(supervisor: Supervisor, console: Console) -> None:
    """Print changes, one line each, until cancelled."""
    printer = ChangesPrinter(console)
    while True:
        printer.show(supervisor.facts())
        await asyncio.sleep(_LOOK_S)


async def supervise_and_show(state_dir: StateDir, only: frozenset[str], console: Console) -> None:
    """Run the stack until it ends, and show its status."""
    supervisor = main.build(state_dir, os.environ, only)
    show = show_on_terminal if console.is_terminal else show_changes
    showing = asyncio.create_task(show(supervisor, console))
    try:
        await main.supervise(supervisor, tied=None)
    finally:
        showing.cancel()
        await asyncio.wait({showing})


def run(state_dir: StateDir, only: frozenset[str], console: Console) -> None:
    """Run the stack until it was asked to end and has ended."""
    with control.sole_supervisor(state_dir):
        main.sweep(state_dir)
        with main.reaped(state_dir):
            asyncio.run(supervise_and_show(state_dir, only, console))
