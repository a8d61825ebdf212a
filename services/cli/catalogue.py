"""`adloom products | creatives | picture`: the shop's products, its creatives and their pictures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from services.cli.library import wanted_of
from services.common.currency import decimal_text
from services.common.errors import Misconfigured
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.catalogue.catalogue import Product

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]
_UNSERVED: Final = {"DRAFT": "(waiting)", "SCREENED": "(waiting)", "PAUSED": "(paused)", "RETIRED": "(withdrawn)"}


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    for command in (products, creatives, picture):
        app.command()(command)


def products(as_json: Json = False) -> None:
    """List what the shop sells."""
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        for product in library.catalogue.products:
            price = f"{decimal_text(product.price_minor, product.currency)} {product.currency}"
            line = f"{product.product_id:<18} {product.category:<11} {price:>11}  {product.title}"
            typer.echo(json.dumps(_product_facts(product)) if as_json else line)


def creatives(
    product: Annotated[list[str] | None, typer.Option(help="Only of this product; may be repeated.")] = None,
    format: Annotated[str, typer.Option(help='Only in this format, "300x250".')] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that nobody has approved.")] = False,
    as_json: Json = False,
) -> None:
    """List creatives; those without an approval are not served."""
    from services.cli.own_library import own_library

    states = ["DRAFT", "SCREENED"] if waiting else []
    with own_library(state_dir_of(), os.environ) as library:
        for creative in library.wanted(wanted_of(states, product, format)):
            approved = creative.approved_by if creative.state == "APPROVED" else _UNSERVED[creative.state]
            line = f"{creative.creative_id:<24} {creative.format:<8} {approved:<12} {creative.headline}"
            typer.echo(json.dumps(_facts(creative)) if as_json else line)


def picture(
    creative_id: Annotated[str, typer.Argument(help="A creative of adloom creatives, or house-300x250.")],
    file: Annotated[Path, typer.Argument(help="Where to write the PNG.")],
) -> None:
    """Write a creative's picture to a file."""
    from services.cli.own_library import own_library

    with own_library(state_dir_of(), os.environ) as library:
        png = library.picture(library.get(creative_id))
    try:
        file.write_bytes(png)
    except OSError as error:
        raise Misconfigured(f"The picture cannot be written to {file}: {error.strerror}.") from error


def _product_facts(product: Product) -> dict[str, Any]:
    names = ("product_id", "title", "category", "description", "price_minor", "currency", "colour", "colour_hex")
    return {name: getattr(product, name) for name in names}


def _facts(creative: Creative) -> dict[str, Any]:
    return {
        "creative_id": creative.creative_id,
        "product_id": creative.product_id,
        "format": creative.format,
        "headline": creative.headline,
        "body": creative.body,
        "call_to_action": creative.call_to_action,
        "state": creative.state,
        "approved_by": creative.approved_by,
        "ai_generated": creative.ai_generated,
        "made_by": creative.made_by,
        "created_at": creative.created_at.isoformat(),
        "image_uri": creative.image_uri,
        "lineage": dict(creative.lineage),
    }
