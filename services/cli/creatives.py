"""`adloom creatives | picture`: the shop's creatives and their pictures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli.library import wanted_of
from services.cli.library_view import facts_of
from services.common.errors import Misconfigured
from services.tools.stack.state_dir import state_dir_of

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]
_UNSERVED: Final = {"DRAFT": "(waiting)", "SCREENED": "(waiting)", "PAUSED": "(paused)", "RETIRED": "(withdrawn)"}


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    for command in (creatives, picture):
        app.command()(command)


def creatives(
    product: Annotated[list[str] | None, typer.Option(help="Only of this product; may be repeated.")] = None,
    format: Annotated[str, typer.Option(help='Only in this format, "300x250".')] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that nobody has approved.")] = False,
    as_json: Json = False,
) -> None:
    """List creatives; those without an approval are not served."""
    from services.cli.own_library import own_library

    chosen = wanted_of(["DRAFT", "SCREENED"] if waiting else [], product, format)
    with own_library(state_dir_of(), os.environ) as library:
        for creative in library.wanted(chosen):
            approved = creative.approved_by if creative.state == "APPROVED" else _UNSERVED[creative.state]
            line = f"{creative.creative_id:<24} {creative.format:<8} {approved:<12} {creative.headline}"
            facts = facts_of(creative, library.life(creative.creative_id)) if as_json else {}
            typer.echo(json.dumps(facts | facts["texts"]) if as_json else line)


def picture(
    creative_id: Annotated[str, typer.Argument(help="A creative of adloom creatives, or house-300x250.")],
    file: Annotated[Path, typer.Argument(help="Where to write the PNG.")],
) -> None:
    """Write a creative's picture to a file."""
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        png = library.png(library.get(creative_id))
    try:
        file.write_bytes(png)
    except OSError as error:
        raise Misconfigured(f"The picture cannot be written to {file}: {error.strerror}.") from error
