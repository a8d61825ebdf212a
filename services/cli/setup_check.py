"""`adloom setup-check`: checks that everything the stack needs is installed."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from services.common.errors import AdloomError, Misconfigured
from services.tools.stack import bootstrap
from services.tools.stack.kafka import jars
from services.tools.stack.redis.server import SERVER
from services.tools.stack.triton import backend_folder as triton_folder


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(setup_check)


def setup_check(as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False) -> None:
    """Show which requirements or installed parts are missing; exit status 2 when any is."""
    facts = {
        "machine": bootstrap.missing_parts(),
        "kafka": missing_jars(),
        "redis": "" if SERVER.exists() else f"{SERVER} is missing: run make setup.",
        "triton": missing_triton(),
    }
    if as_json:
        typer.echo(json.dumps({name: why or "ok" for name, why in facts.items()}))
    else:
        for name, why in facts.items():
            typer.echo(f"{name}: {why or 'ok'}")
    if any(facts.values()):
        raise Misconfigured("the setup is not complete, see above.")


def missing_jars() -> str:
    """A sentence about jars that differ from the lock file, or an empty text."""
    wrong = jars.differences(jars.JARS, jars.locked_sums((jars.DECLARED / "jgo.lock.toml").read_text()))
    return f"{len(wrong)} of Kafka's jars are missing or changed ({wrong[0]}): run make setup." if wrong else ""


def missing_triton() -> str:
    """A sentence about missing parts of Triton, or an empty text."""
    try:
        triton_folder.libpython_folder()
        triton_folder.server_files()
    except AdloomError as error:
        return str(error)
    stub = triton_folder.BACKENDS / "python" / triton_folder.STUB
    return "" if stub.exists() else f"{stub} is missing: run make setup."
