"""`adloom library review [list | approve | refuse]`: the queue of ads that wait for a person."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Final

import typer

from services.cli.library_view import facts_of
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.assets.life import Action

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Creatives, as adloom library review names them.")]
By = Annotated[str, typer.Option(help="Who answers for it.")]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]
Template = Annotated[str, typer.Option(help="Only of this template.")]

NOBODY_SAID: Final = "nobody has approved it yet"


def register(library: typer.Typer) -> None:
    """Declare the commands."""
    review = typer.Typer(help="Ads that wait for a person: list, approve and refuse them.", no_args_is_help=True)
    for command in (list_, approve, refuse):
        review.command(command.__name__.rstrip("_"))(command)
    library.add_typer(review, name="review")


def list_(template: Template = "", as_json: Json = False) -> None:
    """List what waits, ads of one template together, each with what a person is to look at it for."""
    from services.assets.wanted import Wanted
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        waiting = [one for one in library.wanted(Wanted(states=("DRAFT", "SCREENED"))) if not one.is_house]
    waiting = [one for one in waiting if not template or template_of(one) == template]
    for creative in sorted(waiting, key=lambda one: (template_of(one), one.creative_id)):
        facts = {**facts_of(creative, creative.life), "waits_because": because(creative)}
        typer.echo(json.dumps(facts) if as_json else line_of(creative))


def approve(
    creative_ids: Ids,
    by: By,
    why: Annotated[str, typer.Option(help="A remark, which is kept.")] = "",
    as_json: Json = False,
) -> None:
    """Let ads be served; where the shop asks for four eyes, once a second person has approved them too."""
    _judge("approve", creative_ids, by, why, as_json)


def refuse(
    creative_ids: Ids,
    by: By,
    why: Annotated[str, typer.Option(help="The reason, which is kept.")],
    as_json: Json = False,
) -> None:
    """Never serve ads; the studio does not make them again."""
    _judge("refuse", creative_ids, by, why, as_json)


def template_of(creative: Creative) -> str:
    """The template that it was made by; empty for what others made."""
    return creative.elements.get("template", "")


def because(creative: Creative) -> str:
    """Why it waits, in words."""
    return creative.life[-1].why if creative.life else NOBODY_SAID


def line_of(creative: Creative) -> str:
    """A creative on one line.

    >>> from services.assets.house_creatives import house_creatives
    >>> line_of(house_creatives()[0]).endswith("nobody has approved it yet")
    True
    """
    said = f"{creative.creative_id:<24} {creative.format:<9} {template_of(creative):<10} {creative.product_id:<18}"
    first = f" ({creative.life[-1].by})" if creative.life else ""
    return f"{said} {creative.headline}: {because(creative)}{first}"


def _judge(action: Action, creative_ids: list[str], by: str, why: str, as_json: bool) -> None:
    from services.assets.changes import first_approver
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        for creative in library.review(action, creative_ids, by, why):
            half = first_approver(creative)
            said = f"waits for a second approval, after {half}'s" if half else f"{creative.state}, {by}"
            typer.echo(json.dumps(facts_of(creative, creative.life)) if as_json else f"{creative.creative_id} {said}")
