"""The studio on a real Kafka: an import becomes ads, which follow the catalogue, whenever the process is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from protos.gen.adloom.creative.v1.creative_service_pb2 import Placement
from services.assets.creative import Creative
from services.assets.creative_messages import record_of
from services.assets.kafka_creatives import creatives_now
from services.assets.pictures.picture_store import pictures_in
from services.catalogue.photos.kafka_photos import photos_now
from services.common.topics import CREATIVES, IMPRESSIONS
from services.studio.asked_formats import ENOUGH
from services.studio.wishes import EACH
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import ROOT, StateDir
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import Producer, ProducerSettings
from services.wire.kafka.reader import read_to_end
from tests.conftest import stack_environ
from tests.contract.catalogue.picture_server import picture_server
from tests.unit.creative.house import House, page, with_demo
from tests.waiting import wait_for as waited

wait_for = partial(waited, within_s=120)
"""Makers step back, so what else runs on the machine decides how long ads take."""

HEAD = "id,title,price,availability,material,language\n"
MILD, STRICT = "sample = 50\n", "[checks.weight]\nmost = 10\n"
TEE, BAG = "tee,Breton tee,29.00 EUR,in stock,Cotton,en\n", "bag,Sac à dos,99.00 EUR,in stock,Toile,fr\n"


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop") / "feed.csv"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, feed: Path) -> Iterator[RunningStack]:
    """A stack that imports a feed at its start, with the studio as its only process."""
    feed.write_text(HEAD + TEE + BAG)
    environ = {**stack_environ(), "ADLOOM_CATALOGUE": str(feed), "ADLOOM_FORMATS": "300x250:2,320x50:1"}
    environ["ADLOOM_SCREEN"] = str(screen_file(feed, MILD))
    environ |= {"ADLOOM_PHOTOS_PRIVATE": "1", "ADLOOM_PHOTOS_WAIT_S": "600"}  # no ad without its photo, however slow
    with tied_stack(StateDir(tmp_path_factory.mktemp("own")).make(), environ, only=("studio",)) as running:
        yield running


def screen_file(feed: Path, text: str) -> Path:
    """The shop's thresholds, written whole."""
    path = feed.with_name("screen.toml")
    path.with_suffix(".new").write_text(text)
    return path.with_suffix(".new").rename(path)


def ads(own: RunningStack, state: str = "APPROVED") -> list[Creative]:
    return list(creatives_now(own.kafka).all(lambda row: row.state == state))


def count(own: RunningStack, state: str = "APPROVED") -> Counter[str]:
    return Counter(ad.product_id for ad in ads(own, state))


def prices(own: RunningStack) -> set[int]:
    return {ad.price.minor for ad in ads(own) if ad.product_id == "tee" and ad.price}


def imported(own: RunningStack, feed: Path, text: str, head: str = HEAD) -> dict[str, Any]:
    """The facts that the command prints."""
    feed.write_text(head + text)
    facts: dict[str, Any] = json.loads(said(own, "catalogue", "import", str(feed), "--json", "--force"))
    return facts


def said(own: RunningStack, *command: str) -> str:
    """What a command prints."""
    line = [sys.executable, "-m", "services.cli.main", *command]
    done = subprocess.run(
        line, env={**stack_environ(), **own.environ()}, cwd=ROOT, capture_output=True, check=True, text=True
    )
    return done.stdout


def asked_formats(own: RunningStack) -> list[str]:
    """What placements ask for, as the studio says; nothing while it starts."""
    try:
        found: list[str] = json.loads(said(own, "studio", "status", "--json"))["asked_formats"]
    except subprocess.CalledProcessError:
        return []
    return found


def without_photo(own: RunningStack) -> set[str]:
    """Products with an ad that shows no photo."""
    return {ad.product_id for ad in ads(own) if not ad.lineage.get("photo")}


def kill(own: RunningStack) -> int:
    """The process that is gone."""
    pid = int(own.status()["processes"]["studio"]["pid"])
    os.kill(pid, signal.SIGKILL)
    return pid


def messages(own: RunningStack) -> Counter[str]:
    """How often `ad.creatives` names each creative."""
    return Counter((raw.key or b"").decode() for raw in read_to_end(own.kafka, CREATIVES, committed=True))


def has_more(own: RunningStack, than: int) -> bool:
    return len(messages(own)) > than


def test_ads_follow_the_catalogue_also_where_the_studio_is_killed_in_between(own: RunningStack, feed: Path) -> None:
    assert count(own) == {"tee": 3, "bag": 3}  # `up` waits for them
    before = {ad.creative_id for ad in ads(own)}
    kill(own)
    imported(own, feed, TEE.replace("29.00", "25.00") + BAG)
    wait_for("ads with the new price", lambda: prices(own) == {2500})
    assert count(own) == {"tee": 3, "bag": 3}
    assert len({ad.creative_id for ad in ads(own)} & before) == 4  # those of the bag, and one that states no price
    imported(own, feed, TEE.replace("29.00", "25.00"))
    kill(own)
    wait_for("the end of the bag's ads", lambda: count(own) == {"tee": 3})
    assert count(own, "RETIRED") == {"bag": 3, "tee": 2}


def test_killed_five_times_on_the_way_the_library_is_whole_and_nothing_is_there_twice(
    own: RunningStack, feed: Path
) -> None:
    names = [f"p{number:02}" for number in range(40)]
    rows = {name: f"{name},Tee {name},2{name[1:]}.00 EUR,in stock,Cotton,en\n" for name in names}
    rows["tee"] = TEE.replace("29.00", "25.00")  # which there is already
    before = messages(own)
    imported(own, feed, "".join(rows.values()))
    for _ in range(5):
        made = len(messages(own))
        wait_for("some more ads", partial(has_more, own, made), every_s=0.05)
        kill(own)
    wait_for("all ads", lambda: count(own) == dict.fromkeys(rows, 3))
    fresh = {name: times for name, times in messages(own).items() if name not in before}
    assert (len(fresh), set(fresh.values())) == (120, {1})
    pictures = pictures_in(own.assets)
    assert all(pictures.has(ad.image_sha256) for ad in ads(own))
    settled = messages(own)
    imported(own, feed, "".join({**rows, "p07": rows["p07"].replace("207.00", "199.00")}.values()))
    wait_for(
        "the new price", lambda: {ad.price.minor for ad in ads(own) if ad.product_id == "p07" and ad.price} == {19900}
    )
    changed = {name for name, times in (messages(own) - settled).items() if times}
    assert {ad.product_id for ad in creatives_now(own.kafka).all(lambda row: True) if ad.creative_id in changed} == {
        "p07"
    }


def test_photos_of_a_feed_come_by_themselves_also_where_the_studio_is_killed(own: RunningStack, feed: Path) -> None:
    with picture_server() as server:
        rows = {
            f"p{number:02}": f"p{number:02},Tee {number},20.00 EUR,in stock,Cotton,en,{server.url(f'/slow/{number}')}\n"
            for number in range(30)
        }
        rows["gone"] = f"gone,Hat,20.00 EUR,in stock,Wool,en,{server.url('/missing')}\n"
        head = HEAD.replace("language", "language,image link")
        importing = Thread(target=imported, args=(own, feed, "".join(rows.values()), head))
        importing.start()
        wait_for("some photos", lambda: len(photos_now(own.kafka)) > 3, every_s=0.02)
        kill(own)
        importing.join()
        wait_for("all ads", lambda: count(own) == dict.fromkeys(rows, 3))
        wait_for("its photo on each ad", lambda: without_photo(own) == {"gone"})  # on a slow machine ads come first
        facts = imported(own, feed, "".join(rows.values()), head)
        assert facts["photo_urls"] == {"wanted": 31, "taken": 30, "waiting": 0, "missing_by_reason": {"http_404": 1}}


@pytest.mark.asyncio
async def test_a_format_that_placements_ask_for_is_made_and_what_lacks_a_verdict_is_screened(
    own: RunningStack, feed: Path, tmp_path: Path
) -> None:
    imported(own, feed, TEE)
    wait_for("the end of other ads", lambda: set(count(own)) == {"tee"})
    old = replace(ads(own)[0], verdict=None)
    house = House(with_demo(tmp_path / "assets"), tmp_path)
    large = [Placement(placement_id="top", format="970x90", count=1)]
    async with house.asked() as stub:
        for number in range(ENOUGH):
            await stub.SelectCreatives(page(request_id=f"r-{number}", placements=large))
    producer = Producer(ProducerSettings(own.kafka))
    producer.send(record_of(old, old.created_at))
    for raw in house.sink.read(IMPRESSIONS):
        producer.send(Record(IMPRESSIONS, raw.key, raw.value, tuple((key, value or b"") for key, value in raw.headers)))
    producer.close(10.0)
    wait_for("its verdict", lambda: all(ad.verdict is not None for ad in ads(own)))
    wait_for("ads in that format", lambda: Counter(ad.format for ad in ads(own))["970x90"] == EACH)
    assert asked_formats(own) == ["970x90"]
    kill(own)
    wait_for("the new process, which remembers it", lambda: asked_formats(own) == ["970x90"])
    assert Counter(ad.format for ad in ads(own)) == {"300x250": 2, "320x50": 1, "970x90": EACH}


def test_other_thresholds_end_what_is_served_and_the_old_ones_bring_it_back(own: RunningStack, feed: Path) -> None:
    served = count(own)
    screen_file(feed, STRICT)
    wait_for("the end of all ads", lambda: not ads(own))
    ended = ads(own, "SCREENED")
    assert {(ad.life[-1].by, ad.life[-1].why[:28]) for ad in ended} == {("studio", "screened again: weight: the ")}
    kill(own)
    screen_file(feed, MILD)
    wait_for("all ads again", lambda: count(own) == served)
    wait_for("nothing that waits", lambda: "screen_again" not in said(own, "studio", "status", "--json"))
