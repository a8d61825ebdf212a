"""How far a worker has come, by its own word: for a group whose offsets somebody else has moved on.

Anybody can set a group's offsets (to the latest, say), and what lies before them is never read. A worker signs its
commits and notes them on its disk as well. Where it begins at an offset that no worker has signed and that lies beyond
its note, messages were skipped: they are told and counted like those that retention has deleted.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aiokafka.structs import OffsetAndMetadata

from services.common.metrics import METRICS
from services.wire.codec.envelope import TopicPartition

SIGNED: Final = "adloom"
"""Stands as metadata of what workers commit."""

log = logging.getLogger(__name__)


def signed(offsets: Mapping[Any, OffsetAndMetadata]) -> dict[Any, OffsetAndMetadata]:
    """The same offsets under our name."""
    return {tp: OffsetAndMetadata(at.offset, SIGNED) for tp, at in offsets.items()}


class Finished:
    """The note on disk; a lost one only means that nobody knows."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "finished.json"
        self._noted = _read(self._path)

    def note(self, offsets: Mapping[Any, OffsetAndMetadata]) -> None:
        """These were committed."""
        self._noted |= {f"{tp.topic}/{tp.partition}": at.offset for tp, at in offsets.items()}
        try:
            written = self._path.with_suffix(".new")
            written.write_text(json.dumps(self._noted))
            written.replace(self._path)
        except OSError as exc:
            log.debug("how far this worker has come was not noted: %s", exc)

    def skipped(self, committed: Mapping[Any, OffsetAndMetadata]) -> dict[TopicPartition, tuple[int, int]]:
        """Places where somebody else has committed beyond what this worker had finished: from where to where.

        Workers that had the partition since may have read some of it.
        """
        places = {(tp.topic, tp.partition): at for tp, at in committed.items() if at.metadata != SIGNED}
        known = {place: self._noted.get(f"{place[0]}/{place[1]}", at.offset) for place, at in places.items()}
        return {place: (known[place], at.offset) for place, at in places.items() if known[place] < at.offset}


def tell_skipped(spans: Mapping[TopicPartition, tuple[int, int]]) -> None:
    """Logs and counts messages that nobody will read."""
    for (topic, partition), (first, end) in spans.items():
        text = "%s/%d: somebody has set the group's offset from %d to %d: %d messages are skipped unread"
        log.error(text, topic, partition, first, end, end - first)
        METRICS.events.labels(topic, "skipped").inc(end - first)


def _read(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text())
        return {str(place): int(offset) for place, offset in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
