"""What a message on `ad.photos` says of a link, and whose messages are none."""

from __future__ import annotations

from datetime import UTC, datetime

from services.catalogue.photos.check_photo import Checked
from services.catalogue.photos.photo_messages import known_by, read_photo, record_of, refused, taken
from services.common.errors import Rejected
from services.common.topics import PHOTOS
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord, Record

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CHECKED = Checked("image/png", 80, 70)
LINK = "https://shop.example/größe.png"


def raw(record: Record, offset: int = 0, key: bytes | None = None) -> RawRecord:
    return RawRecord(PHOTOS, 0, offset, 1_000 + offset, key or record.key, record.value, record.headers)


def test_the_newest_message_about_a_link_counts() -> None:
    no = refused(LINK, Rejected("empty", "bytes", 0, "a picture"), NOW)
    messages = [raw(record_of(no)), raw(record_of(taken(LINK, "ab" * 32, CHECKED, NOW)), 1)]
    assert known_by(messages)[LINK].sha256 == "ab" * 32
    assert known_by(reversed(messages))[LINK].sha256 == "ab" * 32
    assert known_by(messages[:1])[LINK].refused == "empty: bytes: 0 (int) where a picture was expected"


def test_after_a_tombstone_nothing_is_known() -> None:
    gone = Record(PHOTOS, LINK.encode(), None, ())
    assert known_by([raw(record_of(taken(LINK, "ab" * 32, CHECKED, NOW))), raw(gone, 1)]) == {}


def test_the_same_content_under_a_link_is_the_same_event() -> None:
    ids = {
        dict(record_of(taken(LINK, "ab" * 32, CHECKED, now)).headers)["ce_id"] for now in (NOW, NOW.replace(hour=13))
    }
    assert len(ids) == 1
    assert dict(record_of(taken(LINK, "cd" * 32, CHECKED, NOW)).headers)["ce_id"] not in ids


def test_a_key_that_is_not_the_photos_link_makes_a_dead_letter() -> None:
    found = read_photo(raw(record_of(taken(LINK, "ab" * 32, CHECKED, NOW)), key=b"https://shop.example/other.png"))
    assert isinstance(found, DeadLetter)
    assert found.reason == "invalid"
