"""What one process adds or ends, all processes know within a second."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.assets.creative import Draft
from services.assets.house_creatives import house_pictures
from services.assets.kafka_creatives import KafkaCreatives, creatives_now
from services.assets.library import Library
from services.assets.open_library import stored_library
from services.assets.pictures.named_pictures import named_pictures
from services.common.topics import PHOTOS
from services.common.verdict import STAND_IN
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.waiting import wait_for

PNG = b"\x89PNG any picture"


@pytest.fixture
def followed(parts: RunningStack) -> Iterator[KafkaCreatives]:
    """What another process knows."""
    other = KafkaCreatives(parts.kafka)
    other.follower.start()
    assert other.follower.caught_up.wait(30)
    yield other
    other.follower.stop(5)


def library(parts: RunningStack, folder: Path) -> Library:
    return stored_library(parts.kafka, str(folder), lambda _: True)


def test_two_processes_agree_within_a_second_and_a_later_one_from_its_start(
    parts: RunningStack, followed: KafkaCreatives, tmp_path: Path
) -> None:
    with closing(library(parts, tmp_path)) as own:
        drafts = [
            Draft(uuid.uuid4().hex, "300x250", f"Bag {number}", "", "Go", "eve", verdict=STAND_IN)
            for number in range(50)
        ]
        added = own.add_all([(draft, PNG) for draft in drafts])
        assert own.list([drafts[0].product_id]) == (added[0],)
        took_s = _agree(own, followed)
        ended = own.change("withdraw", [added[0].creative_id], "bob", "ugly")[0]
        took_s = max(took_s, _agree(own, followed))
    assert took_s < 1
    assert followed.table.get(ended.creative_id) == ended
    with closing(library(parts, tmp_path)) as later:
        assert later.get(ended.creative_id) == ended
        assert later.get(added[1].creative_id) == added[1]


def _agree(own: Library, followed: KafkaCreatives) -> float:
    """Seconds until both tables are the same."""
    began = time.monotonic()
    own_rows = list(own.table.all(lambda _: True))
    wait_for("both tables to agree", lambda: list(followed.table.all(lambda _: True)) == own_rows, within_s=10)
    return time.monotonic() - began


def test_a_picture_is_garbage_once_neither_a_creative_nor_a_photo_names_it(parts: RunningStack, tmp_path: Path) -> None:
    link, taken = f"https://shop.example/{uuid.uuid4().hex}.jpg", uuid.uuid4().hex * 2
    photo = Photo(link=link, sha256=taken, media_type="image/jpeg")
    sent = encode(photo, event_id="e", source="test", time=datetime.now(UTC), key=link.encode())
    producer = Producer(ProducerSettings(parts.kafka))
    with closing(library(parts, tmp_path)) as own:
        made = own.add(Draft(uuid.uuid4().hex, "300x250", "Bag", "", "Go"), uuid.uuid4().bytes)
        producer.send(sent)
        producer.flush(30)
        assert {made.image_sha256, taken, *house_pictures()} <= named_pictures(creatives_now(parts.kafka), parts.kafka)
        producer.send(Record(PHOTOS, link.encode(), None, ()))
        producer.flush(30)
        producer.close(30)
        own.remove([made.creative_id])
    assert not {made.image_sha256, taken} & named_pictures(creatives_now(parts.kafka), parts.kafka)
