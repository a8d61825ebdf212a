"""Messages on `ad.photos`: what became of a link, or a tombstone that says that it is gone; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.check_photo import Checked
from services.catalogue.photos.links import Known
from services.catalogue.product_messages import NewestChanges
from services.common.errors import Rejected
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_keyed
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

SOURCE: Final = "photos"
_LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class DatedPhoto:
    """What is known of a link, None: nothing any more; and the position of the message that said so."""

    link: str
    photo: Photo | None
    position: Position


def taken(link: str, sha256: str, checked: Checked, now: datetime) -> Photo:
    """The message of a photo that lies in the store."""
    photo = Photo(link=link, sha256=sha256, media_type=checked.media_type, width=checked.width, height=checked.height)
    photo.fetched_at.FromDatetime(now)
    return photo


def refused(link: str, why: Rejected, now: datetime) -> Photo:
    """The message of a file that is no photo; what is refused is not fetched again."""
    photo = Photo(link=link, refused=f"{why.reason}: {why}"[:_LONGEST_REASON])
    photo.fetched_at.FromDatetime(now)
    return photo


def still(before: Photo, now: datetime) -> Photo:
    """The message about a link that was asked again, and is as it was."""
    photo = Photo()
    photo.CopyFrom(before)
    photo.checked_at.FromDatetime(now)
    return photo


def record_of(photo: Photo) -> Record:
    """The message of a photo; its event id is the same where the same content is found under the link again."""
    what = "\n".join((photo.link, photo.sha256, photo.refused))
    event_id = hashlib.sha256(what.encode()).hexdigest()
    time = photo.fetched_at.ToDatetime(UTC)
    return encode(photo, event_id=event_id, source=SOURCE, time=time, key=photo.link.encode())


def read_photo(raw: RawRecord) -> DatedPhoto | DeadLetter:
    """What a message says, or its dead letter: no photo, or a key that is not the photo's link."""
    found = decode_keyed(raw)
    if isinstance(found, DeadLetter):
        return found
    key, message = found
    if message is None:
        return DatedPhoto(key, None, raw.position())
    assert isinstance(message, Photo)
    if message.link != key:
        return dead_letter_of(raw, "invalid")
    return DatedPhoto(key, message, raw.position())


def known_by(messages: Iterable[RawRecord]) -> dict[str, Known]:
    """What the newest message about each link says; what is no photo is passed over."""
    newest, known = NewestChanges(), dict[str, Known]()
    for raw in messages:
        found = read_photo(raw)
        if isinstance(found, DeadLetter) or not newest.takes(found.link, found.position):
            continue
        if found.photo is None:
            known.pop(found.link, None)
        else:
            photo = found.photo
            known[found.link] = Known(photo.sha256, photo.refused, photo.fetched_at.ToDatetime(UTC), photo.brought)
    return known
