"""`adloom screen PATH|TEXT`: whether the words of an ad may be shown, and which claim of theirs has no source."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.common.errors import Misconfigured

if TYPE_CHECKING:
    from protos.gen.adloom.catalogue.v1.product_pb2 import Product


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(screen)


def screen(  # noqa: PLR0913 - one parameter an option
    said: Annotated[str, typer.Argument(metavar="PATH|TEXT", help="A file with a text (UTF-8), or the text itself.")],
    product: Annotated[str, typer.Option(metavar="ID", help="The product that the text is about.")] = "",
    feed: Annotated[Path | None, typer.Option(help="Take the product from this feed, not from the stack.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="A claim that the shop allows; may be repeated.")] = None,
    time_zone: Annotated[str, typer.Option(help="Where the shop is, for the last day of a sale.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Tell for every check of a text whether it passes, and why.

    Numbers, prices, discounts, ratings, superlatives and the like need their source in the product's row, or in what
    the shop allows. Without --product, only allowed claims pass.
    """
    from services.common.verdict import Verdict
    from services.copywriter.headlines import Moment
    from services.screening.claims.check import check_of, claims_in
    from services.studio.settings import zone_of

    moment = Moment(datetime.now(UTC), zone_of(time_zone))
    row = product_of(product, feed, os.environ)
    verdict = Verdict((check_of(claims_in(text_of(said), row, moment, allow or ())),))
    if as_json:
        checks = [asdict(check) for check in verdict.checks]
        typer.echo(json.dumps({"passes": verdict.passes, "checks": checks}, ensure_ascii=False))
        return
    table = Table("check", "passes", "why", title="passes" if verdict.passes else "fails")
    for check in verdict.checks:
        table.add_row(check.check, "yes" if check.passes else "NO", check.why)
    Console().print(table)


def text_of(said: str) -> str:
    """The text, or that of the file of this name; raises `Misconfigured` for a file that holds none."""
    path = Path(said)
    try:
        if not path.is_file():
            return said
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{said}: a text in UTF-8 was expected; there are no checks of pictures yet.") from error
    except (OSError, ValueError):  # too long for a name, or with a NUL: a text
        return said


def product_of(product_id: str, feed: Path | None, environ: Mapping[str, str]) -> Product | None:
    """The product in the feed, or in the running stack; None where none is asked for."""
    if not product_id:
        return None
    if feed is not None:
        from services.catalogue.catalogue import read_catalogue

        return read_catalogue(feed).product(product_id).message
    from services.cli.broker import broker_of
    from services.cli.own_library import KafkaShop

    shop = KafkaShop(broker_of(environ).kafka)
    shop.title_of(product_id)  # raises `Rejected` for an unknown one
    return shop.products[product_id]
