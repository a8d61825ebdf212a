"""`adloom catalogue import | list`: what a shop sells, from its own feed; `adloom products` is the same list."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.cli.broker import broker_of
from services.cli.catalogue_photos import FOLDER, from_folder, get_photos, said
from services.cli.studio_photos import in_words as watched
from services.cli.studio_photos import watch
from services.common.errors import Misconfigured
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
    from services.catalogue.difference import Digests
    from services.catalogue.feeds.overrides import Overrides
    from services.catalogue.feeds.read_feed import Feed
    from services.catalogue.import_feed import Prepared
    from services.catalogue.import_feed import Progress as Told
    from services.catalogue.kafka_products import KafkaProducts

_EXAMPLES = 3
"""Products that are shown, so that a wrong mapping is seen."""

_NAMED = 20
"""Products of each kind of change that a dry run shows."""


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    catalogue = typer.Typer(help="What the shop sells, from its own feed.", no_args_is_help=True)
    catalogue.command("import")(import_)
    catalogue.command("list")(list_)
    catalogue.command("photos")(get_photos)
    app.add_typer(catalogue, name="catalogue")
    app.command("products")(list_)


def import_(  # noqa: PLR0913 - one parameter an option
    path: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A feed, or a folder of feeds.")],
    photos: Annotated[Path | None, FOLDER] = None,
    no_photos: Annotated[bool, typer.Option("--no-photos", help="Do not wait for pictures that have URLs.")] = False,
    mapping: Annotated[Path | None, typer.Option(help="TOML that says which columns hold what.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of prices that name none.")] = "",
    language: Annotated[str, typer.Option(help="Language of texts that name none, like fr or zh-Hant.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of dates that name none, like Europe/Berlin.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read the feed and show what it holds.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Take a feed that lost nearly all products.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Take a shop's feed: XML as of Google Merchant, CSV, TSV, JSON, Parquet, exports of shop programs; also packed.

    All of it is taken, or nothing. Products of earlier imports that it lacks are gone: their ads end. Rows that cannot
    be taken are kept in a file, with the reason. The mapping file is described in
    services/catalogue/feeds/overrides.py. Without a running stack, --dry-run compares with nothing. With --photos the
    pictures that the folder has are taken first. Those that have URLs are got by the studio; the command waits until
    each was tried, Ctrl-C or --no-photos leaves the studio to it.
    """
    from services.catalogue.import_feed import check_stock
    from services.catalogue.rejected_rows import one_of_each

    began = time.monotonic()
    sink = running_products(must=not dry_run)
    before = sink.digests() if sink else {}
    with tempfile.TemporaryDirectory(prefix="adloom-import-") as folder:
        overrides = overrides_of(mapping, currency, language, time_zone)
        prepared = read(path, Path(folder), overrides, force, before)
        if sink and not (force or prepared.says_stock):
            check_stock(prepared.changes(), sink.sold_out())
        of_folder = taken_of(photos, prepared, as_json) if photos and not dry_run else {}
        if sink and not dry_run:
            sink.apply(prepared.version, prepared.changes())
        shown = _named(prepared, before) if dry_run else _first(prepared)
    facts = {**prepared.facts(), "seconds": round(time.monotonic() - began, 3), **of_folder}
    end = "Dry run: nothing was taken." if dry_run else "Taken: ads follow it from now on."
    if not as_json:
        typer.echo("\n".join([*shown, *one_of_each(prepared.rejected_file), in_words(facts), end]))
    if not (dry_run or no_photos):
        watch(lambda found: facts.update(photo_urls=found) if as_json else typer.echo(watched(found)))
    if as_json:
        typer.echo(json.dumps(facts))


def taken_of(folder: Path, prepared: Prepared, as_json: bool) -> dict[str, Any]:
    """Takes what the folder has of the pictures, before the studio hears of the products and asks their hosts."""
    facts: dict[str, Any] = {}
    from_folder(folder, prepared.changes(), lambda found: facts.update(photos=found))
    if not as_json:
        typer.echo(said(facts["photos"], as_json=False))
    return facts


def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")] = False,
) -> None:
    """List the products that the running stack was given, by an import or by messages on `ad.products`."""
    from services.wire.codec.json_codec import to_json

    sink = running_products(must=True)
    assert sink is not None
    products = sink.all()
    if not products:
        typer.echo("adloom: no product was imported yet", err=True)
    for product in products:
        typer.echo(to_json(product).decode() if as_json else example(product))


def running_products(must: bool) -> KafkaProducts | None:
    """The products of the running stack; None where there is none and there need not be one."""
    from services.catalogue.kafka_products import KafkaProducts
    from services.common.clock import SystemClock

    try:
        return KafkaProducts(broker_of().kafka, SystemClock())
    except Misconfigured:
        if must:
            raise
        return None


def overrides_of(mapping: Path | None, currency: str, language: str, time_zone: str) -> Overrides:
    """What the person says of the feed, by the mapping and by options, which come first; raises `Misconfigured`."""
    from services.catalogue.feeds.overrides import Overrides, checked_overrides, read_overrides

    said = read_overrides(mapping) if mapping else Overrides()
    return checked_overrides(
        replace(
            said,
            currency=currency or said.currency,
            language=language or said.language,
            time_zone=time_zone or said.time_zone,
        )
    )


def read(path: Path, folder: Path, overrides: Overrides, force: bool, before: Digests) -> Prepared:
    """Reads the feed at `path`; says on standard error how it was understood."""
    from services.catalogue.feeds.read_feed import open_feed
    from services.catalogue.import_feed import Places, prepare

    with bar(f"look at {path.name}"):
        feed = open_feed(path, overrides, folder)
    show_mapping(feed)
    rejected = state_dir_of().folder / "data" / "catalogue" / "rejected.jsonl"
    with bar(f"import {path.name}") as told:
        return prepare(feed, before, Places(folder, rejected), force, told)


def example(product: pb.Product) -> str:
    """A product in a line, as people read prices in its language."""
    from services.catalogue.price_text import price_text

    price = price_text(product.price_minor, product.currency, product.language)
    if product.sale_price_minor:
        price = f"{price_text(product.sale_price_minor, product.currency, product.language)} (else {price})"
    choices = f" ({len(product.choices)} choices)" if len(product.choices) > 1 else ""
    return f"{product.product_id}  {price}  {product.title}{choices}"


def _first(prepared: Prepared) -> list[str]:
    return [example(change.product) for change in islice(prepared.changes(), _EXAMPLES) if change.product]


def _named(prepared: Prepared, before: Digests) -> list[str]:
    """What a dry run would change, a product a line: + new, ~ changed, - gone."""
    lines: dict[str, list[str]] = {"+": [], "~": [], "-": []}
    for change in prepared.changes():
        mark = "-" if change.product is None else "~" if change.product_id in before else "+"
        if len(lines[mark]) < _NAMED:
            lines[mark].append(f"{mark} {example(change.product) if change.product else change.product_id}")
    counts = {"+": prepared.difference.new, "~": prepared.difference.changed, "-": prepared.difference.gone}
    for mark, found in lines.items():
        if counts[mark] > len(found):
            found.append(f"{mark} and {counts[mark] - len(found)} more")
    return [line for found in lines.values() for line in found]


def show_mapping(feed: Feed) -> None:
    """Shows for each file which column holds what, and what else was assumed."""
    for opened in feed.files:
        mark = f", {opened.price_format.decimal!r} before decimals" if opened.price_format.decimal else ""
        typer.echo(f"{opened.file.name}: {opened.columns.kind}, {opened.reader.encoding}{mark}", err=True)
        for line in opened.columns.lines():
            typer.echo(f"  {line}", err=True)


@contextmanager
def bar(task_name: str) -> Iterator[Told]:
    """Progress on standard error, without an end: how many rows a feed has is known when it has been read."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(task_name, total=None)
        yield lambda rows, bad: shown.update(task, description=f"{task_name}: {rows} rows, {bad} rejected")


def in_words(facts: dict[str, Any]) -> str:
    """What a person is told at the end.

    >>> facts = {"version": "0123456789abcdef", "read": 3, "new": 2, "changed": 0, "gone": 0, "unchanged": 0}
    >>> facts |= {"seconds": 0.1, "rejected": 1, "rejected_by_reason": {"money": 1}, "rejected_file": "r.jsonl"}
    >>> print(in_words(facts))
    3 rows read in 0.1 s: 2 products new, 0 changed, 0 gone, 0 unchanged (0123456789abcdef);
    1 row rejected (money 1): see r.jsonl
    """
    rows, products = (noun if facts[key] == 1 else f"{noun}s" for key, noun in (("read", "row"), ("new", "product")))
    text = f"{{read}} {rows} read in {{seconds}} s: {{new}} {products} new, {{changed}} changed, {{gone}} gone, "
    text = f"{text}{{unchanged}} unchanged ({{version}})".format(**facts)
    if not facts["rejected"]:
        return text
    reasons = ", ".join(f"{reason} {count}" for reason, count in facts["rejected_by_reason"].items())
    rows = "row" if facts["rejected"] == 1 else "rows"
    return f"{text}; {facts['rejected']} {rows} rejected ({reasons}): see {facts['rejected_file']}"
