"""`adloom library review [list | approve | refuse]`: ads that wait for a person; alone it asks about each."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from services.cli.library_view import facts_of
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.assets.library import Library
    from services.assets.life import Action

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Creatives, as adloom library review names them.")]
By = Annotated[str, typer.Option(help="Who answers for it.")]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]
Template = Annotated[str, typer.Option(help="Only of this template.")]

_USAGE: Final = 2  # the exit status of a command that is not whole
NOBODY_SAID: Final = "nobody has approved it yet"


def register(library: typer.Typer) -> None:
    """Declare the commands."""
    review = typer.Typer(help="Ads that wait for a person: list, approve and refuse them.")
    review.callback(invoke_without_command=True)(review_)
    for command in (list_, approve, refuse):
        review.command(command.__name__.rstrip("_"))(command)
    library.add_typer(review, name="review")


def review_(
    context: typer.Context,
    by: Annotated[str, typer.Option(help="Who answers for it; without it you are asked.")] = "",
    template: Template = "",
    interactive: Annotated[bool, typer.Option(help="Ask, though the input is no terminal.")] = False,
) -> None:
    """Ads that wait for a person. Without a command, on a terminal: shows one after another, and asks what to do."""
    if context.invoked_subcommand is not None:
        return
    if not (interactive or sys.stdin.isatty()):
        typer.echo(context.get_help())
        raise typer.Exit(_USAGE)
    _ask(by, template)


def list_(template: Template = "", as_json: Json = False) -> None:
    """List what waits, ads of one template together, each with what a person is to look at it for."""
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        waiting = waiting_in(library, template)
    for creative in waiting:
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


def waiting_in(library: Library, template: str = "") -> list[Creative]:
    """What waits for a person, ads of one template together."""
    from services.assets.wanted import Wanted

    found = [one for one in library.wanted(Wanted(states=("DRAFT", "SCREENED"))) if not one.is_house]
    chosen = [one for one in found if not template or template_of(one) == template]
    return sorted(chosen, key=lambda one: (template_of(one), one.creative_id))


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
    from services.cli.own_library import own_library
    from services.cli.review_by_person import said_of

    with own_library(state_dir_of(), os.environ) as library:
        for creative in library.review(action, creative_ids, by, why):
            said = f"{creative.creative_id} {said_of(creative, by)}"
            typer.echo(json.dumps(facts_of(creative, creative.life)) if as_json else said)


def _ask(by: str, template: str) -> None:
    """Goes through what waits with the person at the terminal."""
    from services.assets.changes import is_approved_by
    from services.assets.life import check_reason
    from services.cli.own_library import own_library
    from services.cli.review_by_person import Person, go_through, pictures_at

    name = (by or _line("who are you")).strip()
    check_reason("approve", name, "")
    person = Person(name, _line, typer.echo, partial(_judge_now, name))
    with own_library(state_dir_of(), os.environ) as library, TemporaryDirectory(prefix="adloom-review-") as folder:
        every = waiting_in(library, template)
        waiting = [one for one in every if not is_approved_by(one, name)]
        typer.echo(f"{len(waiting)} ads wait for a person")
        if len(every) > len(waiting):
            typer.echo(f"{len(every) - len(waiting)} that {name} has approved wait for somebody else")
        done = go_through(waiting, pictures_at(Path(folder), library), person)
    left = len(waiting) - done["approve"] - done["reject"]
    typer.echo(f"{done['approve']} approved, {done['reject']} rejected, {left} left")


def _judge_now(by: str, action: Action, creative_id: str, why: str) -> Creative:
    """By the library as it is now: a session takes long, and others judge meanwhile."""
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        return library.review(action, [creative_id], by, why)[0]


def _line(question: str) -> str:
    said: str = typer.prompt(question, default="", show_default=False)
    return said
