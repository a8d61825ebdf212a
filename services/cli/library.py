"""`adloom library list | withdraw | pause | resume | approve | review | add | browse`: creatives and their lives."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import library_review
from services.cli.library_add import add
from services.cli.library_gc import gc
from services.cli.library_view import facts_of, line_of
from services.common.errors import Misconfigured, Rejected
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.assets.banners.shop import Shop
    from services.assets.life import Action
    from services.assets.wanted import Wanted

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Creatives, as adloom library list names them.")]
By = Annotated[str, typer.Option(help="Who answers for it.")]
Why = Annotated[str, typer.Option(help="The reason, which is kept.")]
State = Annotated[list[str] | None, typer.Option(help="Only in this state, such as DRAFT; may be repeated.")]
Product = Annotated[list[str] | None, typer.Option(help="Only of this product; may be repeated.")]
Format = Annotated[str, typer.Option("--format", help='Only in this format, "300x250".')]
Text = Annotated[str, typer.Option(help="Only with this in its texts.")]
Category = Annotated[str, typer.Option(help='Only of products of this category, any level of "Clothing > Shirts".')]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    library = typer.Typer(help="The shop's creatives: look at them, add, approve and end them.", no_args_is_help=True)
    for command in (list_, browse, add, gc, approve, pause, resume, withdraw):
        library.command(command.__name__.rstrip("_"))(command)
    library_review.register(library)
    app.add_typer(library, name="library")


def list_(  # noqa: PLR0913 - one parameter an option
    state: State = None,
    product: Product = None,
    format_: Format = "",
    text: Text = "",
    category: Category = "",
    as_json: Json = False,
) -> None:
    """List creatives in the order of their ids. Only APPROVED ones are served."""
    from services.cli.own_library import own_parts

    chosen = replace(wanted_of(state, product, format_), text=text)
    with own_parts(state_dir_of(), os.environ) as (library, shop):
        for creative in library.wanted(of_category(category, chosen, shop) if category else chosen):
            facts = facts_of(creative, library.life(creative.creative_id)) if as_json else None
            typer.echo(json.dumps(facts) if as_json else line_of(creative))


def browse(  # noqa: PLR0913 - one parameter an option
    out: Annotated[Path, typer.Option(help="Where to write the HTML page.")],
    state: State = None,
    product: Product = None,
    format_: Format = "",
    most: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many are shown.")] = 200,
) -> None:
    """Write a page of thumbnails, newest first, that any browser opens: one file, which needs no server."""
    from services.cli.library_page import card_of, page_of
    from services.cli.own_library import own_library

    chosen = wanted_of(state, product, format_)
    with own_library(state_dir_of(), os.environ) as library:
        creatives, count = library.newest(chosen, most)
        cards = [card_of(creative, library) for creative in creatives]
    try:
        out.write_text(page_of(cards, count), "utf-8")
    except OSError as error:
        raise Misconfigured(f"The page cannot be written to {out}: {error.strerror}.") from error
    typer.echo(f"{out}: {len(cards)} of {count} creatives")


def approve(creative_ids: Ids, by: By, why: Why = "", as_json: Json = False) -> None:
    """Let creatives be served, those that were withdrawn too; the creative service does so within a second."""
    _change("approve", creative_ids, by, why, as_json)


def pause(creative_ids: Ids, by: By, why: Why, as_json: Json = False) -> None:
    """Stop serving creatives until `resume`; the creative service obeys within a second."""
    _change("pause", creative_ids, by, why, as_json)


def resume(creative_ids: Ids, by: By, why: Why, as_json: Json = False) -> None:
    """Serve paused creatives again."""
    _change("resume", creative_ids, by, why, as_json)


def withdraw(creative_ids: Ids, by: By, why: Why, as_json: Json = False) -> None:
    """End creatives, all or none; the creative service obeys within a second. Adding them again does not revive one."""
    _change("withdraw", creative_ids, by, why, as_json)


def wanted_of(state: list[str] | None, product: list[str] | None, format_: str) -> Wanted:
    """The choice that the options make; `Rejected` for a state or format that there is not."""
    from services.assets.life import state_named
    from services.assets.wanted import Wanted
    from services.composer.formats import size_of

    if format_:
        size_of(format_)
    return Wanted(product or [], format_, [state_named(name) for name in state or []])


def of_category(category: str, wanted: Wanted, shop: Shop) -> Wanted:
    """Those of the products of a category; `Rejected` where the shop has none."""
    found = frozenset(shop.of_category(category))
    if wanted.product_ids:
        found &= frozenset(wanted.product_ids)
    if not found:
        raise Rejected("invalid", "category", category, "a category of products of the shop's catalogue")
    return replace(wanted, product_ids=found)


def _change(action: Action, creative_ids: list[str], by: str, why: str, as_json: bool) -> None:
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        for creative in library.change(action, creative_ids, by, why):
            facts = facts_of(creative, library.life(creative.creative_id))
            typer.echo(json.dumps(facts) if as_json else line_of(creative))
