"""Photos of products are got as they come, from a real HTTP server, and products wait for them a bounded time."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from PIL import Image, ImageDraw

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.get_photo import Places
from services.catalogue.photos.http_photos import HttpPhotos, HttpSettings
from services.catalogue.photos.ledger import Ledger
from services.catalogue.photos.photo_messages import DatedPhoto, read_photo
from services.catalogue.photos.sources import Sources
from services.common.clock import SystemClock, to_ms
from services.common.errors import Unavailable
from services.common.topics import PHOTOS
from services.composer.photos.same_picture import is_same_picture
from services.studio.photo_keeper import PhotoKeeper
from services.wire.codec.envelope import Position
from services.wire.codec.memory_sink import MemorySink
from tests.contract.catalogue.picture_server import PICTURE, PictureServer, picture_server
from tests.contract.catalogue.test_photos_job import MemoryStore
from tests.unit.catalogue.photos.pictures_made import picture
from tests.waiting import wait_for

LOCAL = HttpSettings(allow_private=True, back_off_s=(0.0, 0.0))


class AwayOnce(MemorySink):
    """Kafka, which loses its first messages and says so."""

    lost = False

    def flush(self, timeout_s: float) -> None:
        if not self.lost:
            self.lost = True
            raise Unavailable("kafka", "not delivered")


class Studio:
    """A process that gets photos; Kafka and the store are in memory, and outlive it."""

    def __init__(self) -> None:
        self.sink, self.store = MemorySink(), MemoryStore()
        self.settled: list[str] = []
        self.http = LOCAL

    @contextmanager
    def running(self, *products: tuple[str, str], changed_ms: int = 0, every_ms: int = 0) -> Iterator[Ledger]:
        """Starts it as two hours after a `kill -9`, reads `ad.photos`, and then these products with their links."""
        ledger, ending, clock = Ledger(every_ms), threading.Event(), SystemClock()
        for number, one in enumerate(self.photos()):
            for asked in ("fetched_at", "checked_at"):
                if one.HasField(asked):
                    getattr(one, asked).seconds -= 7_200
            ledger.put_photo(one.link, one, Position(0, number, 0))
        for product_id, link in products:
            ledger.put_product(product_id, link, changed_ms)
        sources = Sources(None, HttpPhotos(self.http, clock, ending))
        places = Places(sources, sources.asked, self.store, self.sink, clock, is_same_picture)
        keeper = PhotoKeeper(ledger, places, self.settled.extend, ending, per_s=1_000)
        keeper.start()
        try:
            yield ledger
        finally:
            keeper.stop(5)

    def photos(self) -> list[Photo]:
        found = [read_photo(raw) for raw in self.sink.read(PHOTOS)]
        return [one.photo for one in found if isinstance(one, DatedPhoto) and one.photo is not None]


def drawn(colour: str, quality: int) -> bytes:
    """A thing of that colour on white."""
    image, out = Image.new("RGB", (300, 300), "white"), io.BytesIO()
    ImageDraw.Draw(image).ellipse((60, 90, 240, 210), colour)
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with picture_server() as running:
        yield running


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_photos_of_products_are_got_without_anybodys_command_and_what_is_missing_is_told(
    server: PictureServer, studio: Studio
) -> None:
    names = ("tee", "missing", "text")
    with studio.running(*((name, server.url(f"/{name}")) for name in names)) as ledger:
        wait_for("all answers", lambda: ledger.fates() == {"taken": 1, "http_404": 1, "no_picture": 1})
        wait_for("the word to the desk", lambda: studio.settled == ["missing"])
    assert {photo.link for photo in studio.photos()} == {server.url("/tee"), server.url("/text")}
    with studio.running(*((name, server.url(f"/{name}")) for name in names)) as ledger:
        wait_for("the one that could not be had", lambda: ledger.fates()["http_404"] == 1)
    assert [server.asked[f"/{name}"] for name in names] == [1, 2, 1]


def test_a_product_that_comes_while_a_host_hangs_need_not_wait_for_it(server: PictureServer, studio: Studio) -> None:
    with studio.running(*((f"h{number}", server.url(f"/held/{number}")) for number in range(9))) as ledger:
        other = server.url("/tee").replace("127.0.0.1", "localhost")
        ledger.put_product("tee", other, 0)
        wait_for("its photo", lambda: ledger.fates()["taken"] == 1)


def test_a_photo_that_is_the_same_is_not_sent_again_and_one_that_was_replaced_is_renewed(
    server: PictureServer, studio: Studio
) -> None:
    tee = ("tee", server.url("/edition/tee.jpg"))
    with studio.running(tee) as ledger:
        wait_for("the first", lambda: ledger.fates()["taken"] == 1)
    (first,) = studio.photos()
    later_ms = to_ms(SystemClock().now() + timedelta(hours=1))
    with studio.running(tee, changed_ms=later_ms):
        wait_for("the question", lambda: server.unchanged["/edition/tee.jpg"] == 1)
        wait_for("its answer", lambda: len(studio.photos()) == 2)
    again = studio.photos()[-1]
    assert (again.sha256, again.HasField("checked_at")) == (first.sha256, True)
    server.edition = picture(90, 70)
    with studio.running(tee, changed_ms=later_ms):
        wait_for("the new one", lambda: len(studio.photos()) == 3)
    assert studio.photos()[-1].sha256 == hashlib.sha256(server.edition).hexdigest() != first.sha256


def test_a_photo_stays_where_its_host_sends_something_else_for_a_while(server: PictureServer, studio: Studio) -> None:
    tee = ("tee", server.url("/edition/tee.jpg"))
    with studio.running(tee) as ledger:
        wait_for("the first", lambda: ledger.fates()["taken"] == 1)
    server.edition = b"<html>Are you human?</html>"
    with studio.running(tee, changed_ms=to_ms(SystemClock().now())) as ledger:
        wait_for("the word to the desk", lambda: studio.settled == ["tee"])
        assert ledger.fates() == {"taken": 1}
    assert [photo.refused for photo in studio.photos()] == [""]


def test_a_picture_that_its_host_writes_anew_each_time_is_the_one_from_before(
    server: PictureServer, studio: Studio
) -> None:
    def has_more(than: int) -> bool:
        return len(studio.photos()) > than

    tee = ("tee", server.url("/nameless/tee.jpg"))

    for edition in (drawn("navy", 90), drawn("navy", 60), drawn("maroon", 90)):
        server.edition, more = edition, partial(has_more, len(studio.photos()))
        with studio.running(tee, changed_ms=to_ms(SystemClock().now())):
            wait_for("the answer", more)
    first, same, other = studio.photos()
    assert (same.sha256, same.HasField("checked_at")) == (first.sha256, True)
    assert other.sha256 == hashlib.sha256(server.edition).hexdigest()


def test_a_photo_that_the_store_has_lost_is_sent_again(server: PictureServer, studio: Studio) -> None:
    tee = ("tee", server.url("/edition/tee.jpg"))
    with studio.running(tee) as ledger:
        wait_for("the first", lambda: ledger.fates()["taken"] == 1)
    studio.store.pictures.clear()
    with studio.running(tee, changed_ms=to_ms(SystemClock().now() + timedelta(hours=1))):
        wait_for("it again", lambda: len(studio.photos()) == 2)
    assert list(studio.store.pictures.values()) == [PICTURE]


def test_what_kafka_did_not_take_is_told_again(server: PictureServer, studio: Studio) -> None:
    studio.sink = AwayOnce()
    with studio.running(("tee", server.url("/tee"))) as ledger:
        wait_for("it", lambda: ledger.fates()["taken"] == 1)
    assert len(studio.photos()) == 2


def test_private_addresses_are_not_asked(server: PictureServer, studio: Studio) -> None:
    studio.http = replace(LOCAL, allow_private=False)
    with studio.running(("tee", server.url("/tee"))) as ledger:
        wait_for("the refusal", lambda: ledger.fates() == {"private_address": 1})
    assert not server.asked
