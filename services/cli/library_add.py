"""`adloom library add`: finished banners become creatives of the shop."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.library_view import facts_of, line_of
from services.common.errors import AdloomError, Rejected
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.assets.creative import Creative


def add(  # noqa: PLR0913 - one parameter an option
    path: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="PNG, JPEG, WebP or GIF of up to 5 MB.")],
    sheet: Annotated[Path | None, typer.Option(help="CSV about the folder's files: file, product_id, ...")] = None,
    product: Annotated[str, typer.Option(help="The product that they advertise; a click leads to its page.")] = "",
    format_: Annotated[str, typer.Option("--format", help="Their size; by default each picture's own.")] = "",
    headline: Annotated[str, typer.Option(help="What they say, for who sees no picture; default: its title.")] = "",
    link: Annotated[str, typer.Option(help="Where a click leads: a page on a host of the catalogue's links.")] = "",
    starts: Annotated[str, typer.Option(help="Served from then on: a day of UTC, or a moment with its offset.")] = "",
    ends: Annotated[str, typer.Option(help="Not served after this day, or from this moment on.")] = "",
    ai_generated: Annotated[bool, typer.Option("--ai-generated", help="A model made them; shoppers are told.")] = False,
    by: Annotated[str, typer.Option(help="Who approves them; without it they wait, and are not served.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")] = False,
) -> None:
    """Add finished banners. A bad one is told with its reason, on the error output, and the others are taken.

    A sheet has the column file and any of product_id, format, headline, body, call_to_action, link, starts,
    ends and ai_generated (yes or no). A banner needs a product or a link.
    Animated GIF and WebP play at most 3 times and 30 seconds (IAB).
    """
    from services.assets.banners.add_banners import add_banner
    from services.assets.banners.banner_rows import About, rows_of
    from services.assets.life import check_reason
    from services.cli.own_library import own_parts
    from services.cli.own_screener import own_screener
    from services.composer.formats import size_of

    if by:
        check_reason("approve", by, "")
    if format_:
        size_of(format_)
    made = "yes" if ai_generated else ""
    about = About(product, format_, headline, link=link, starts=starts, ends=ends, ai_generated=made)
    rows = rows_of(path, sheet, about)
    refused, screener = 0, own_screener(os.environ)
    with own_parts(state_dir_of(), os.environ) as (library, shop):
        for row in rows:
            try:
                creative = add_banner(library, shop, row, by, screener)
            except Rejected as wrong:
                if len(rows) == 1:
                    raise
                refused += 1
                _say_refused(row.place, wrong, as_json)
                continue
            facts = facts_of(creative, library.life(creative.creative_id)) if as_json else None
            typer.echo(json.dumps(facts) if as_json else line_of(creative))
            _say_failed(creative, as_json)
    if refused == len(rows):
        raise AdloomError(f"none of {refused} banners could be taken.")


def _say_failed(creative: Creative, as_json: bool) -> None:
    """Why it is not served, for people; JSON has it in `verdict`."""
    if creative.is_refused and not as_json:
        for check in creative.verdict.checks if creative.verdict else ():
            if not check.passes:
                typer.echo(f"  not served: {check.check}: {check.why}", err=True)


def _say_refused(place: str, wrong: Rejected, as_json: bool) -> None:
    told = {"file": place, "field": wrong.field, "value": wrong.shown, "expected": wrong.expected}
    typer.echo(json.dumps(told) if as_json else f"refused: {place}: {wrong}", err=True)
