"""Creatives as messages: nothing is lost on the way, and what is no creative is a dead letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.changes import added_again, changed
from services.assets.creative import Creative, Draft, finished
from services.assets.creative_messages import (
    MOST_LIFE,
    DatedCreative,
    creative_of,
    message_of,
    read_creative,
    record_of,
    tombstone,
)
from services.assets.house_creatives import house_creatives
from services.assets.life import STATES, LifeEvent
from services.catalogue.offer import Price
from services.common.errors import Rejected
from services.common.topics import CREATIVES
from services.common.verdict import Check, Verdict
from services.models.text_encoder.text_vector import TextVector
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHA256 = "ab" * 32
DRAFT = Draft(
    "bag-tote",
    "300x250",
    "Größe 40",
    "b",
    "Go",
    approved_by="studio",
    made_by="m/1",
    lineage={"template": "t1"},
    link="https://shop.example/sale",
    price=Price(2900, "EUR"),
    starts_at=NOON,
    ends_at=NOON + timedelta(days=1),
    campaign_ids=("spring",),
    elements={"headline_style": "plain"},
    verdict=Verdict((Check("legible", 0.9, 0.5, True, "11 px"),)),
    media_type="image/jpeg",
)
VECTOR = TextVector.of("e/1", np.eye(32)[7])
FULL = replace(
    finished([DRAFT], [SHA256], NOON)[0],
    life=(LifeEvent("", "APPROVED", "bob", "good", NOON),),
    state="PAUSED",
    text_vector=VECTOR,
)
FULL = replace(FULL, life=(replace(FULL.life[0], creative_id=FULL.creative_id),))


def raw(record: Record, offset: int = 0) -> RawRecord:
    return RawRecord(CREATIVES, 2, offset, 7_000, record.key, record.value, record.headers)


def test_a_creative_comes_back_as_it_was_sent() -> None:
    found = read_creative(raw(record_of(FULL, NOON), 5))
    assert isinstance(found, DatedCreative)
    assert found.message is not None
    assert creative_of(found.message) == FULL
    assert (found.creative_id, found.position) == (FULL.creative_id, Position(2, 5, 7_000))


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_number(state: str) -> None:
    assert creative_of(message_of(replace(FULL, state=state))).state == state  # type: ignore[arg-type]
    assert pb.CreativeState.Name(message_of(replace(FULL, state=state)).state) == state


def test_a_tombstone_says_that_it_is_gone() -> None:
    found = read_creative(raw(tombstone("c-1")))
    assert isinstance(found, DatedCreative)
    assert (found.creative_id, found.message) == ("c-1", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"creative_id": "c-2"},
        {"creative_id": "house-300x250"},
        {"format": "big"},
        {"state": 0},
        {"state": 9},
        {"sha256": "../../etc"},
        {"life": [pb.LifeEvent(state=pb.PAUSED, at={"seconds": 10**15})]},
        {"text_vector": pb.TextVector(encoder="e/1", float16=VECTOR.float16[:-2])},
        {"text_vector": pb.TextVector(encoder="e/1", float16=b"\0\x7e" * 32)},  # no number
        {"text_vector": pb.TextVector(encoder="e/1", float16=b"\0\x3c" * 32)},  # 32 ones
        {"text_vector": pb.TextVector(float16=VECTOR.float16)},
    ],
)
def test_what_is_no_creative_is_a_dead_letter(fields: dict[str, object]) -> None:
    message = message_of(FULL)
    for name in fields:
        message.ClearField(name)
    message.MergeFrom(pb.Creative(**fields))  # type: ignore[arg-type]
    key = b"house-300x250" if message.creative_id.startswith("house") else FULL.creative_id.encode()
    sent = encode(message, event_id="e", source="test", time=NOON, key=key)
    found = read_creative(raw(sent))
    assert isinstance(found, DeadLetter)
    assert found.reason == "invalid"


def test_house_creatives_are_never_sent() -> None:
    with pytest.raises(Rejected, match="house"):
        record_of(house_creatives()[0], NOON)


def test_the_newest_hundred_events_of_a_life_are_kept() -> None:
    creative: Creative = replace(FULL, state="APPROVED", life=())
    for number in range(MOST_LIFE):
        creative = changed(changed(creative, "pause", "bob", f"{number}", NOON), "resume", "bob", f"{number}", NOON)
    kept = creative_of(message_of(creative)).life
    assert (len(kept), kept[0].why, kept[-1]) == (MOST_LIFE, "50", creative.life[-1])


def test_dates_of_a_creative_that_is_added_again_replace_those_that_it_has() -> None:
    later = replace(FULL, starts_at=None, ends_at=NOON + timedelta(days=9))
    assert added_again(FULL, later, NOON) == replace(FULL, starts_at=None, ends_at=later.ends_at)
    assert added_again(FULL, replace(FULL, starts_at=None, ends_at=None), NOON) is FULL


@pytest.mark.parametrize(("hours", "due"), [(-1, False), (0, True), (23, True), (24, False)])
def test_a_creative_is_due_from_its_start_to_just_before_its_end(hours: int, due: bool) -> None:
    assert FULL.is_due(NOON + timedelta(hours=hours)) is due
