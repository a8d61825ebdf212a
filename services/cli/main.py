"""The `adloom` command.

To add commands, put a file beside this one with a function `register(app: typer.Typer) -> None` that declares them with
`@app.command()`; `build` finds that function. A command reports an error by raising an `AdloomError`: its text is shown
as one sentence, without a traceback, and the exit status is 1 (2 for `Misconfigured`). Import heavy modules (kafka,
feast, torch) inside the command, because `adloom --help` must stay fast.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

import typer
from typer.core import TyperGroup

import services.cli
from services.common.errors import AdloomError

FIRST = ("run", "stack", "ask", "report")
"""The modules whose commands a new user needs; they come first in the help."""


class Commands(TyperGroup):
    """Adds the wrong value to errors about options, which the library leaves out."""

    def invoke(self, ctx: Any) -> Any:
        """See click."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as wrong:
            from pydantic import ValidationError

            if isinstance(wrong.__cause__, ValidationError):
                wrong.message = f"{wrong.__cause__.errors()[0]['input']!r}: {wrong.message}"
            raise


def build() -> typer.Typer:
    """The application with the commands of every file beside this one."""
    app = typer.Typer(
        cls=Commands,
        help="Makes, chooses and judges personalised ad creatives.",
        no_args_is_help=True,
        add_completion=False,
    )
    others = (module.name for module in pkgutil.iter_modules(services.cli.__path__) if module.name not in FIRST)
    for name in (*FIRST, *others):
        register = getattr(importlib.import_module(f"{services.cli.__name__}.{name}"), "register", None)
        if register is not None:
            register(app)
    return app


def main() -> None:
    """Run one command; exits with its status."""
    try:
        build()()
    except AdloomError as error:
        sys.stderr.write(f"adloom: {error}\n")
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
