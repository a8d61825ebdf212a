"""`adloom screen PATH|TEXT`: whether an ad may be shown, its picture or its words, and what of it may not."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.common.errors import Misconfigured

if TYPE_CHECKING:
    from protos.gen.adloom.catalogue.v1.product_pb2 import Product
    from services.assets.screened import Screener
    from services.common.verdict import Verdict
    from services.screening.asset import Asset

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(screen)


@dataclass(frozen=True, slots=True)
class Said:
    """What an ad is held against, as the options say it."""

    product: str
    feed: Path | None
    allow: tuple[str, ...]


def screen(  # noqa: PLR0913 - one parameter an option
    said: Annotated[str, typer.Argument(metavar="PATH|TEXT", help="A picture, a text in a file, or the text itself.")],
    product: Annotated[str, typer.Option(metavar="ID", help="The product that the ad is about.")] = "",
    feed: Annotated[Path | None, typer.Option(help="Take the product from this feed, not from the stack.")] = None,
    format_: Annotated[str, typer.Option("--format", metavar="WxH", help="The size that the picture is to have.")] = "",
    headline: Annotated[str, typer.Option(help="What must be read in the picture.")] = "",
    allow: Annotated[list[str] | None, typer.Option(help="A claim that the shop allows; may be repeated.")] = None,
    time_zone: Annotated[str, typer.Option(help="Where the shop is, for the last day of a sale.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Tell for every check of an ad whether it passes, and why.

    Numbers, prices, discounts, ratings, superlatives and the like need their source in the product's row, or in what
    the shop allows: by --allow, or by the brand kit (ADLOOM_BRAND), whose forbidden words and colours count too.
    Without --product, only allowed claims pass. ADLOOM_SCREEN names a file with other thresholds.
    """
    from services.cli.own_screener import own_screener

    screener, asset = own_screener(os.environ, time_zone), asset_of(said, format_, headline)
    verdict = _verdict(screener, asset, Said(product, feed, tuple(allow or ())))
    if as_json:
        checks = [asdict(check) for check in verdict.checks]
        typer.echo(json.dumps({"passes": verdict.passes, "checks": checks}, ensure_ascii=False))
        return
    Console().print(_table(verdict))


def _verdict(screener: Screener, asset: Asset, said: Said) -> Verdict:
    from services.copywriter.offer_words import Moment
    from services.screening.asset import Grounds
    from services.screening.screen import verdict_of

    row = product_of(said.product, said.feed, os.environ)
    kit = screener.kit
    if said.allow:
        kit = replace(kit, allowed_claims={**kit.allowed_claims, "": said.allow})
    grounds = Grounds(Moment(datetime.now(UTC), screener.zone), row, kit)
    return verdict_of(asset, grounds, screener.judges, screener.policy).verdict


def _table(verdict: Verdict) -> Table:
    table = Table("check", "passes", "found", "limit", "why", title="passes" if verdict.passes else "fails")
    for check in verdict.checks:
        passes = "yes" if check.passes else "NO" if check.measured else "unmeasured"
        found = f"{check.score:g}" if check.measured else ""
        table.add_row(check.check, passes, found, f"{check.threshold:g}", check.why)
    return table


def asset_of(said: str, format_: str, headline: str) -> Asset:
    """A picture as a finished ad, all else as words."""
    from services.screening.asset import Asset

    content = content_of(said)
    if content is not None and content.startswith(_PICTURES):
        return Asset("finished", "", headline, content=content, format=format_)
    try:
        text = said if content is None else content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{said}: a PNG, JPEG, WebP or GIF picture or a text in UTF-8 was expected") from error
    return Asset("words", "", headline, text)


def content_of(said: str) -> bytes | None:
    """The file of this name; None where there is none, so that it is a text."""
    try:
        path = Path(said)
        return path.read_bytes() if path.is_file() else None
    except (OSError, ValueError):  # too long for a name, or with a NUL: a text
        return None


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
