"""The photos' job against a real HTTP server: what is got, what is refused, and that it goes on where it was."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.folder import PhotoFolder
from services.catalogue.photos.get_photo import Places, Result
from services.catalogue.photos.host_queue import AT_ONCE_OF_A_HOST
from services.catalogue.photos.http_connection import Address, Resolve, resolve
from services.catalogue.photos.http_photos import MOST_REDIRECTS, USER_AGENT, HttpPhotos, HttpSettings
from services.catalogue.photos.job import PhotoJob
from services.catalogue.photos.links import Known, Plan, Wanted, plan_of
from services.catalogue.photos.photo_messages import DatedPhoto, known_by, read_photo
from services.catalogue.photos.sources import Sources
from services.catalogue.photos.tally import Tally
from services.common.clock import SystemClock
from services.common.errors import Unavailable
from services.common.topics import PHOTOS
from services.wire.codec.memory_sink import MemorySink
from tests.contract.catalogue.picture_server import PICTURE, PictureServer, picture_server

LOCAL = HttpSettings(allow_private=True, back_off_s=(0.0, 0.0))
CLOCK = SystemClock()


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with picture_server() as running:
        yield running


@dataclass
class MemoryStore:
    pictures: dict[str, bytes] = field(default_factory=dict)

    def put(self, picture: bytes, media_type: str) -> str:
        sha256 = hashlib.sha256(picture).hexdigest()
        self.pictures[sha256] = picture
        return sha256

    def get(self, sha256: str) -> bytes:
        return self.pictures[sha256]

    def has(self, sha256: str) -> bool:
        return sha256 in self.pictures


class Shop:
    """A deployment whose Kafka and store are in memory."""

    def __init__(self, folder: Path | None = None, settings: HttpSettings = LOCAL, resolve: Resolve = resolve) -> None:
        self.sink, self.store = MemorySink(), MemoryStore()
        self.folder, self.settings, self.resolve = folder, settings, resolve

    def known(self) -> dict[str, Known]:
        return known_by(self.sink.read(PHOTOS))

    def photo(self, link: str) -> Photo:
        (found,) = (read_photo(raw) for raw in self.sink.read(PHOTOS) if raw.key == link.encode())
        assert isinstance(found, DatedPhoto)
        assert found.photo is not None
        return found.photo

    def plan(self, *links: str, again: bool = False) -> tuple[PhotoJob, Plan]:
        ending = threading.Event()
        folder = PhotoFolder(self.folder) if self.folder else None
        sources = Sources(folder, HttpPhotos(self.settings, CLOCK, ending, self.resolve))
        wanted = [Wanted(link, "1", is_main=True) for link in links]
        plan = plan_of(wanted, self.known(), sources.is_stale, again)
        return PhotoJob(Places(sources, sources.asked, self.store, self.sink, CLOCK), ending), plan

    def run(self, *links: str) -> dict[str, Result]:
        job, plan = self.plan(*links)
        return {one.wanted.link: one for one in job.run(plan.to_get)}


def test_pictures_come_from_a_folder_or_by_url_into_the_store_and_onto_the_topic(
    server: PictureServer, tmp_path: Path
) -> None:
    (tmp_path / "hat.jpg").write_bytes(PICTURE)
    shop, links = Shop(tmp_path), ["hat.jpg", server.url("/a.jpg"), server.url("/to/~b~c.jpg")]
    job, plan = shop.plan(*links)
    tally = Tally(plan)
    for result in job.run(plan.to_get):
        tally.add(result)
    assert {name: tally.facts()[name] for name in ("wanted", "taken", "left")} == {"wanted": 3, "taken": 3, "left": 0}
    for link in links:
        photo = shop.photo(link)
        assert (photo.media_type, photo.width, photo.height) == ("image/jpeg", 80, 70)
        assert shop.store.pictures[photo.sha256] == PICTURE
    assert server.agents == {USER_AGENT}
    assert shop.run(*links) == {}


def test_what_is_no_picture_is_not_got_again_and_what_could_not_be_had_is(
    server: PictureServer, tmp_path: Path
) -> None:
    shop, links = Shop(), [server.url(path) for path in ("/text", "/missing", "/busy", "/cut")] + ["none.jpg"]
    first = shop.run(*links)
    reasons = [first[link].reason for link in links]
    assert reasons == ["no_picture", "http_404", "unreachable", "unreachable", "no_file"]
    job, plan = shop.plan(*links)
    assert [one.link for one in plan.to_get] == links[1:]
    tally = Tally(plan)
    assert tally.facts()["rejected_by_reason"] == {"no_picture": 1}
    lines = (tally.write(tmp_path / "rejected-photos.jsonl") or Path("none")).read_text().splitlines()
    assert len(lines) == 1
    assert f'"link": "{links[0]}"' in lines[0]
    assert shop.plan(*links, again=True)[1].to_get == (plan.refused[0][0], *plan.to_get)


def test_an_interrupted_run_ends_at_once_and_the_next_one_gets_the_rest(server: PictureServer) -> None:
    shop, links = Shop(), [server.url(f"/quick/{number}") for number in range(6)]
    held = [server.url(f"/held/{number}") for number in range(6)]
    job, plan = shop.plan(*links, *held)
    running = job.run(plan.to_get)
    for _ in links:
        next(running)
    began = CLOCK.monotonic()
    running.close()
    assert CLOCK.monotonic() - began < 5  # a held answer takes 10 s
    assert {link for link in (*links, *held) if link in shop.known()} == set(links)
    server.held.set()
    assert set(shop.run(*links, *held)) == set(held)
    assert all(server.asked[f"/quick/{number}"] == 1 for number in range(6))
    assert len(shop.known()) == 12


@pytest.mark.parametrize(
    ("path", "reason", "times"),
    [
        ("/endless", "too_large", 1),
        ("/drips", "unreachable", 1),
        ("/drips-head", "unreachable", 1),
        ("/ring", "redirects", 1 + MOST_REDIRECTS),
        ("/to/file:~~~etc~passwd", "no_url", 1),
        ("/to/http:~~[~", "no_url", 1),
        ("/busy", "unreachable", 3),
        ("/busy-once", "", 2),
    ],
)
def test_a_bad_answer_costs_a_bounded_time_and_size(server: PictureServer, path: str, reason: str, times: int) -> None:
    link = server.url(path)
    settings = replace(LOCAL, whole_s=0.5) if "drips" in path else LOCAL
    assert Shop(settings=settings).run(link)[link].reason == reason
    assert server.asked[path] == times


def test_a_host_is_asked_for_a_few_pictures_at_once(server: PictureServer) -> None:
    Shop().run(*(server.url(f"/slow/{number}") for number in range(20)))
    assert 1 < server.most_at_once <= AT_ONCE_OF_A_HOST


class Posing(Address):
    """An address of this machine that poses as one of the public Internet."""

    @property
    def ip(self) -> str:
        return "93.184.216.34"


def test_private_addresses_are_asked_only_where_a_person_allows_it(server: PictureServer) -> None:
    link = server.url("/a.jpg")
    assert Shop(settings=HttpSettings()).run(link)[link].reason == "private_address"
    assert not server.asked
    assert Shop().run(link)[link].reason == ""


def test_a_redirect_from_a_public_address_to_a_private_one_is_not_followed(server: PictureServer) -> None:
    def public(host: str, port: int) -> list[Address]:
        found = resolve("127.0.0.1", port)
        return [Posing(one.family, one.sockaddr) for one in found] if host == "shop.example" else found

    link = f"http://shop.example:{server.server_port}/to/http:~~127.0.0.1:{server.server_port}~secret.jpg"
    found = Shop(settings=HttpSettings(), resolve=public).run(link)[link]
    assert (found.reason, found.is_final) == ("private_address", False)
    assert "/secret.jpg" not in server.asked


def test_a_name_is_resolved_once_so_that_a_second_answer_leads_nowhere(server: PictureServer) -> None:
    answers: list[list[Address]] = [
        [Posing(one.family, one.sockaddr) for one in resolve("127.0.0.1", server.server_port)]
    ]
    host = f"shop.example:{server.server_port}"
    shop = Shop(settings=HttpSettings(), resolve=lambda *_: answers.pop())  # a second call would fail
    assert shop.run(f"http://{host}/a.jpg")[f"http://{host}/a.jpg"].reason == ""
    assert server.hosts == {host}


def test_a_store_that_is_down_ends_the_job_and_tells_nothing(server: PictureServer) -> None:
    class Down(MemoryStore):
        def put(self, picture: bytes, media_type: str) -> str:
            raise Unavailable("assets", "the disk is full")

    shop = Shop()
    shop.store = Down()
    with pytest.raises(Unavailable, match="disk is full"):
        shop.run(server.url("/a.jpg"))
    assert not shop.known()
