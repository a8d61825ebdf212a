"""`adloom products | creatives | picture`: the shop's products, its creatives and their pictures."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.common.currency import decimal_text
from services.common.errors import Misconfigured

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.assets.library import Library

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]
_PAGE = 500


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    for command in (products, creatives, picture):
        app.command()(command)


def products(as_json: Json = False) -> None:
    """List what the shop sells."""
    with _library() as library:
        for product in library.catalogue.products:
            price = f"{decimal_text(product.price_minor, product.currency)} {product.currency}"
            line = f"{product.product_id:<18} {product.category:<11} {price:>11}  {product.title}"
            typer.echo(json.dumps(asdict(product)) if as_json else line)


def creatives(
    product: Annotated[list[str] | None, typer.Option(help="Only of this product; may be repeated.")] = None,
    format: Annotated[str, typer.Option(help='Only in this format, "300x250".')] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that nobody has approved.")] = False,
    as_json: Json = False,
) -> None:
    """List creatives; those without an approval are not served."""
    from services.assets.formats import size_of

    if format:
        size_of(format)
    with _library() as library:
        for creative in _all(library, product or [], format):
            if not (waiting and creative.approved_by):
                approved = creative.approved_by or "(waiting)"
                line = f"{creative.creative_id:<24} {creative.format:<8} {approved:<12} {creative.headline}"
                typer.echo(json.dumps(_facts(creative)) if as_json else line)


def picture(
    creative_id: Annotated[str, typer.Argument(help="A creative of adloom creatives, or house-300x250.")],
    file: Annotated[Path, typer.Argument(help="Where to write the PNG.")],
) -> None:
    """Write a creative's picture to a file."""
    with _library() as library:
        png = library.picture(library.get(creative_id))
    try:
        file.write_bytes(png)
    except OSError as error:
        raise Misconfigured(f"The picture cannot be written to {file}: {error.strerror}.") from error


def _all(library: Library, product_ids: list[str], format_: str) -> Iterator[Creative]:
    after = ""
    while page := library.list(product_ids, format_, after, _PAGE):
        yield from page
        after = page[-1].creative_id


def _facts(creative: Creative) -> dict[str, Any]:
    return {
        "creative_id": creative.creative_id,
        "product_id": creative.product_id,
        "format": creative.format,
        "headline": creative.headline,
        "body": creative.body,
        "call_to_action": creative.call_to_action,
        "approved_by": creative.approved_by,
        "ai_generated": creative.ai_generated,
        "made_by": creative.made_by,
        "created_at": creative.created_at.isoformat(),
        "image_uri": creative.image_uri,
        "lineage": dict(creative.lineage),
    }


@contextmanager
def _library() -> Iterator[Library]:
    """The library of this machine's stack, which need not be up."""
    from services.assets.library import Library
    from services.assets.load_catalogue import AssetsSettings
    from services.catalogue.catalogue import demo_catalogue, read_catalogue
    from services.common.clock import SystemClock
    from services.common.settings import read
    from services.tools.stack.state_dir import state_dir_of

    folder = os.environ.get("ADLOOM_ASSETS_DIR") or str(state_dir_of().assets)
    settings = read(AssetsSettings, {**os.environ, "ADLOOM_ASSETS_DIR": folder})
    catalogue = read_catalogue(settings.catalogue) if settings.catalogue else demo_catalogue()
    library = Library(settings.assets_dir, catalogue, SystemClock())
    try:
        yield library
    finally:
        library.close()
