"""`adloom catalogue photos`: the pictures of the shop's products, from a folder or by their URLs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.broker import broker_of
from services.common.errors import Unavailable
from services.tools.stack.pictures_place import place_of
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.catalogue.photos.links import Plan, Wanted
    from services.catalogue.photos.ports import Store
    from services.catalogue.photos.sources import Sources
    from services.catalogue.photos.tally import Tally
    from services.catalogue.ports import Change

ADDITIONAL = 2
"""Pictures of a product beside its main one, where the command is not told otherwise."""
FOLDER: Any = typer.Option(exists=True, file_okay=False, metavar="DIR", help="A folder that has pictures as files.")
_CLOSE_S = 10.0


def get_photos(  # noqa: PLR0913 - one parameter an option
    photos: Annotated[Path | None, FOLDER] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Also ask private addresses.")] = False,
    most: Annotated[int | None, typer.Option(min=1, metavar="N", help="Get at most N pictures in this run.")] = None,
    additional: Annotated[
        int, typer.Option(min=0, max=10, help="Pictures of a product beside the main one.")
    ] = ADDITIONAL,
    again: Annotated[
        bool, typer.Option("--again", help="Also get what was refused or is lost from the store.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Get the pictures that the running stack's products name and that are not there yet.

    The studio gets the first picture of each product by itself (`adloom studio status`); this gets others, too, and
    names those that there are not, and those that many unrelated products have in common.

    A picture is a file of --photos, by the last part of its link or by the id of the product, or else what its URL
    gives: JPEG, PNG, WebP or GIF of at most 20 MB and 50 megapixels, with sides of at least 64 pixels. Ctrl-C ends the
    job, and the next run goes on. What is no such picture is not got again without --again; what could not be had is.
    Private addresses are not asked without --allow-private, as a feed may be written by others.
    """
    found = sources_of(photos, allow_private, ending := Event())
    wanted = plan_now(found, additional, again)
    run(PhotoRun(found, wanted, wanted.to_get[:most], ending), lambda facts: typer.echo(said(facts, as_json)))


def from_folder(folder: Path, changes: Iterable[Change], tell: Callable[[dict[str, Any]], None]) -> None:
    """Takes what the folder has of the pictures that products will name after these changes; asks no host."""
    from services.catalogue.photos.links import links_of

    found = sources_of(folder, allow_private=False, ending=(ending := Event()))
    links = {one.product_id: links_of(one.product, ADDITIONAL) if one.product else () for one in changes}
    wanted = plan_now(found, ADDITIONAL, again=False, links=links)
    files = found.folder
    run(PhotoRun(found, wanted, tuple(one for one in wanted.to_get if files and files.has(one)), ending), tell)


def said(facts: dict[str, Any], as_json: bool) -> str:
    """The facts as JSON or in words."""
    from services.catalogue.photos.tally import in_words

    return json.dumps(facts) if as_json else in_words(facts)


@dataclass(frozen=True, slots=True)
class PhotoRun:
    """What a run is to do."""

    sources: Sources
    plan: Plan
    now: tuple[Wanted, ...]  # of what the plan has to get
    ending: Event


def sources_of(folder: Path | None, allow_private: bool, ending: Event) -> Sources:
    """The folder, where one is given, and the hosts that links name."""
    from services.catalogue.photos.folder import PhotoFolder
    from services.catalogue.photos.http_photos import HttpPhotos, HttpSettings
    from services.catalogue.photos.sources import Sources
    from services.common.clock import SystemClock

    http = HttpPhotos(HttpSettings(allow_private), SystemClock(), ending)
    return Sources(PhotoFolder(folder) if folder else None, http)


def plan_now(
    sources: Sources, additional: int, again: bool, links: Mapping[str, tuple[str, ...]] | None = None
) -> Plan:
    """What products name now, or will by these `links` (none: the product is gone), and `ad.photos` lacks."""
    from services.catalogue.kafka_products import KafkaProducts
    from services.catalogue.photos.kafka_photos import photos_now
    from services.catalogue.photos.links import Known, links_of, plan_of, wanted_pictures
    from services.common.clock import SystemClock

    kafka, store = broker_of().kafka, store_of()

    def is_stale(one: Wanted, known: Known) -> bool:
        lost = again and bool(known.sha256) and not store.has(known.sha256)
        return lost or sources.is_stale(one, known)

    named = KafkaProducts(kafka, SystemClock()).newest(lambda product: links_of(product, additional))
    after = {product_id: names for product_id, names in {**named, **(links or {})}.items() if names}
    return plan_of(wanted_pictures(after), photos_now(kafka), is_stale, again)


def run(what: PhotoRun, tell: Callable[[dict[str, Any]], None]) -> None:
    """Gets pictures until all are handled or somebody interrupts; tells the facts in either case."""
    from services.catalogue.photos.get_photo import Places
    from services.catalogue.photos.job import PhotoJob
    from services.catalogue.photos.tally import Tally
    from services.common.clock import SystemClock
    from services.wire.kafka.producer import Producer, ProducerSettings

    logging.getLogger("kafka").setLevel(logging.ERROR)  # its warnings would break the progress bar
    began, tally = time.monotonic(), Tally(what.plan)
    producer = Producer(ProducerSettings(broker_of().kafka, client_id="photos"))
    places = Places(what.sources, what.sources.asked, store_of(), producer, SystemClock())
    try:
        with bar(len(what.now)) as show, closing(PhotoJob(places, what.ending).run(what.now)) as results:
            for result in results:
                tally.add(result)
                show(tally)
    finally:
        producer.close(_CLOSE_S)
        with suppress(Unavailable):  # what was got is told all the same
            note_repeated(tally)
        file = tally.write(state_dir_of().folder / "data" / "catalogue" / "rejected-photos.jsonl")
        seconds = round(time.monotonic() - began, 3)
        tell({**tally.facts(), "rejected_file": str(file or ""), "seconds": seconds})


def note_repeated(tally: Tally) -> None:
    """Adds the photos that many unrelated products have in common."""
    from services.catalogue.kafka_products import KafkaProducts
    from services.catalogue.photos.kafka_photos import photos_now
    from services.catalogue.photos.repeated import Named, Repeated
    from services.common.clock import SystemClock

    kafka, repeated = broker_of().kafka, Repeated()
    for link, known in photos_now(kafka).items():
        repeated.put_photo(link, known.sha256)
    named = KafkaProducts(kafka, SystemClock()).newest(Named.of)
    for product_id, one in named.items():
        repeated.put_product(product_id, one)
    tally.note(repeated, named)


def store_of() -> Store:
    """The pictures of this machine's stack, or of the deployment that the environment names."""
    from services.assets.pictures.picture_store import pictures_in

    return pictures_in(place_of(state_dir_of()))


@contextmanager
def bar(count: int) -> Iterator[Callable[[Tally], None]]:
    """A progress bar on standard error; yields the function that updates it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("photos", total=count)

        def show(tally: Tally) -> None:
            text = f"photos: {tally.taken} taken, {len(tally.missing)} missing"
            shown.update(task, completed=tally.handled, description=text)

        yield show
