"""The `adloom` command.

To add commands, put a file beside this one with a function `register(app: typer.Typer) -> None` that declares them with
`@app.command()`; `build` finds that function. A command reports an error by raising an `AdloomError`: its text is shown
as one sentence, without a traceback, and the exit status is 1 (2 for `Misconfigured`). Import heavy modules (kafka,
feast, torch) inside the command, because `adloom --help` must stay fast.
"""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, Final, NoReturn

import typer
from typer.core import TyperGroup

import services.cli
from services.cli.interrupts import Interrupts
from services.common.errors import AdloomError, Misconfigured
from services.common.settings import NOT_TEXT, is_folder_deleted, is_text
from services.tools.stack.surroundings import adopt

DISK: Final = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG}
_INTERRUPTED: Final = 130  # how the library ends a command after KeyboardInterrupt
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
    """Run one command; exits with its status, and reports a failure in one sentence."""
    interrupts = Interrupts()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a product's name may hold what a terminal cannot show
    try:
        require_text(sys.argv, os.environ)
        adopt()
        build()(prog_name="adloom")
    except (AdloomError, OSError) as error:
        leave(message_of(error), getattr(error, "exit_status", AdloomError.exit_status))
    except KeyboardInterrupt:
        leave("interrupted", 128 + interrupts.received)
    except SystemExit as end:
        if interrupts.received and end.code == _INTERRUPTED:
            leave("interrupted", 128 + interrupts.received)
        finish()
        raise
    finally:
        interrupts.over()


def message_of(error: Exception) -> str:
    """The error's message for the user; raises the error again where it is a bug."""
    if isinstance(error, AdloomError):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK:
        return f"{error.filename or 'a file'} cannot be written or read: {error.strerror}."
    if isinstance(error, FileNotFoundError) and is_folder_deleted():
        return "the working directory was deleted: change to another one."
    raise error


def leave(why: str, status: int) -> NoReturn:
    """Say why and exit."""
    with suppress(OSError):  # the status says it, too
        sys.stderr.write(f"adloom: {why}\n")
    give_up_output()
    sys.exit(status)


def finish() -> None:
    """Write what is left of the output; where that fails, the command has failed."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # a reader such as `head` has enough
        give_up_output()
        sys.exit(AdloomError.exit_status)
    except OSError as error:
        leave(message_of(error), AdloomError.exit_status)


def give_up_output() -> None:
    """Drop output that cannot be written: else the interpreter fails on it once more at its end, with status 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def require_text(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Raise `Misconfigured` for an argument or `ADLOOM_*` variable that is no text in the encoding of this locale."""
    given = {f"argument {number}": word for number, word in enumerate(arguments) if number}
    given |= {name: value for name, value in environ.items() if name.startswith("ADLOOM_")}
    for name, value in given.items():
        if not is_text(value):
            raise Misconfigured(f"{name}: {os.fsencode(value)!r} where text was expected ({NOT_TEXT}).")


if __name__ == "__main__":
    main()
