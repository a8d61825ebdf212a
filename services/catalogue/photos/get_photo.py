"""Gets one picture: from its source, through the check, into the store, and onto `ad.photos`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Semaphore
from typing import Any

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.check_photo import Checked, check_photo
from services.catalogue.photos.links import Wanted
from services.catalogue.photos.photo_messages import record_of, refused, still, taken
from services.catalogue.photos.ports import Got, Source, Store
from services.common.clock import Clock
from services.common.errors import Rejected, Unavailable
from services.wire.codec.ports import Sink


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a picture."""

    wanted: Wanted
    reason: str = ""  # empty: it was taken
    text: str = ""
    is_final: bool = True  # it is not tried again by the next run
    is_down: bool = False  # its host gave no answer
    is_no_photo: bool = False  # what its host gave is none; what is known of the link is kept for now
    photo: Photo | None = None  # what `ad.photos` was told

    def facts(self) -> dict[str, Any]:
        """A line of the file of those that were not taken."""
        return {
            "link": self.wanted.link,
            "product_id": self.wanted.product_id,
            "reason": self.reason,
            "text": self.text,
            "tried_again": not self.is_final,
        }


@dataclass(frozen=True, slots=True)
class Places:
    """Where pictures come from and go to."""

    source: Source
    host_of: Callable[[Wanted], str]  # whom the source asks for a picture
    store: Store
    sink: Sink
    clock: Clock
    is_same: Callable[[bytes, bytes], bool] = operator.eq  # whether two files show one picture, written twice


class GetPhoto:
    """Any thread may call; at most `unpacked` pictures are unpacked at once, each of which may take 200 MB."""

    def __init__(self, places: Places, unpacked: int) -> None:
        self._places = places
        self._decoding = Semaphore(unpacked)

    def __call__(self, wanted: Wanted) -> Result:
        """What became of the picture; raises `Unavailable` of the store or of Kafka."""
        wanted = self._with_what_is_there(wanted)
        try:
            got = self._places.source.get(wanted)
        except Rejected as why:
            return Result(wanted, why.reason, str(why), is_final=False)
        except Unavailable as why:
            return Result(wanted, "unreachable", str(why), is_final=False, is_down=True)
        try:
            photo = self._photo(wanted, got)
        except Rejected as why:
            if wanted.keeps:
                return Result(wanted, why.reason, str(why), is_final=False, is_no_photo=True)
            photo = _with_names(refused(wanted.link, why, self._places.clock.now()), got)
        self._places.sink.send(record_of(photo))
        reason, _, text = photo.refused.partition(": ")
        return Result(wanted, reason, text, photo=photo)

    def _with_what_is_there(self, wanted: Wanted) -> Wanted:
        """A picture that the store has lost is got anew: "unchanged" would not bring it back."""
        before = wanted.before
        is_lost = before is not None and bool(before.sha256) and not self._places.store.has(before.sha256)
        return replace(wanted, before=None) if is_lost else wanted

    def _photo(self, wanted: Wanted, got: Got) -> Photo:
        """The message about the link; a picture is in the store before a message names it. `Rejected`: it is none."""
        now = self._places.clock.now()
        if got.content is None:
            assert wanted.before is not None
            return still(wanted.before, now)
        with self._decoding:
            checked = check_photo(got.content)
            before = wanted.before
            if before is not None and self._is_written_anew(before, got, checked):
                return still(before, now)
        sha256 = self._places.store.put(got.content, checked.media_type)
        return _with_names(taken(wanted.link, sha256, checked, now), got)

    def _is_written_anew(self, before: Photo, got: Got, checked: Checked) -> bool:
        """Whether it is the picture from before in other bytes, from a host that does not name its content."""
        is_named = got.brought or got.etag or got.last_modified
        if is_named or got.content is None or (before.width, before.height) != (checked.width, checked.height):
            return False
        return bool(before.sha256) and self._places.is_same(self._places.store.get(before.sha256), got.content)


def _with_names(photo: Photo, got: Got) -> Photo:
    """The message with what the host named the content by."""
    photo.etag, photo.last_modified, photo.brought = got.etag, got.last_modified, got.brought
    return photo
