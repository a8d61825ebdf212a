"""Watches the studio get the photos of products, after an import."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from services.cli.broker import broker_of
from services.cli.studio import facts_in, metrics_now, photos_in_words
from services.common.errors import Misconfigured, Unavailable

_EVERY_S = 0.5
_SILENT_S = 30.0
"""How long the studio may take to hear of the products: a large import is read for so long."""


def watch(tell: Callable[[dict[str, Any]], None]) -> None:
    """Waits until each photo that has a URL was tried; Ctrl-C ends the waiting alone. Tells nothing where none has."""
    if not (links := _urls()):
        return
    fates: Mapping[str, int] = {}
    try:
        with bar(links) as show:
            for fates in _fates(links):
                show(fates)
    except KeyboardInterrupt:
        typer.echo("The studio goes on: adloom studio status", err=True)
    except (Misconfigured, Unavailable) as missing:
        typer.echo(f"Nobody is seen to get the photos ({missing}): adloom catalogue photos does", err=True)
    tell({"wanted": links, **facts_of(fates)})


def facts_of(fates: Mapping[str, int]) -> dict[str, Any]:
    """What `adloom catalogue import --json` prints of them.

    >>> facts_of({"taken": 7, "http_404": 1})
    {'taken': 7, 'waiting': 0, 'missing_by_reason': {'http_404': 1}}
    """
    missing = {reason: count for reason, count in fates.items() if reason not in ("taken", "waiting")}
    return {"taken": fates.get("taken", 0), "waiting": fates.get("waiting", 0), "missing_by_reason": missing}


def in_words(facts: Mapping[str, Any]) -> str:
    """The same for a person."""
    return photos_in_words({**facts["missing_by_reason"], "taken": facts["taken"], "waiting": facts["waiting"]})


def _urls() -> int:
    """How many links of main pictures there are among the products that are hosts to be asked."""
    from services.catalogue.kafka_products import KafkaProducts
    from services.catalogue.photos.address import is_url
    from services.catalogue.photos.links import links_of
    from services.common.clock import SystemClock

    links = KafkaProducts(broker_of().kafka, SystemClock()).newest(lambda product: links_of(product, additional=0)[0])
    return len({link for link in links.values() if is_url(link)})


def _fates(links: int) -> Iterator[Mapping[str, int]]:
    """How it stands, until nothing waits; raises `Unavailable` where the studio knows other links for too long."""
    heard_at = time.monotonic()
    while True:
        fates = facts_in(metrics_now())["photos"]
        yield fates
        if sum(fates.values()) == links:
            heard_at = time.monotonic()
            if not fates.get("waiting"):
                return
        if time.monotonic() - heard_at > _SILENT_S:
            raise Unavailable("studio", f"it knows of {sum(fates.values())} of {links} photos; is ADLOOM_PHOTOS off?")
        time.sleep(_EVERY_S)


@contextmanager
def bar(links: int) -> Iterator[Callable[[Mapping[str, int]], None]]:
    """A progress bar on standard error; yields the function that updates it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("photos", total=links)
        yield lambda fates: shown.update(task, completed=sum(fates.values()) - fates.get("waiting", 0))
