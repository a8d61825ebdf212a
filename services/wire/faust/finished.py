"""Keeps a worker's own record of its committed offsets, to detect when somebody else moves the group's offsets.

Anybody can set a group's offsets (for example to the latest), and the messages before them are then never read. So a
worker signs its commits (metadata `adloom`) and notes them on its disk. Where it starts at an offset that no worker
signed and that is beyond its note, messages were skipped. They are reported and counted, like messages that retention
has deleted. The same holds where no worker has ever owned the partition, which its empty changelog shows.
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
"""The metadata of offsets that workers commit."""

NOTE: Final = "finished.json"
"""The name of the file with the note."""

log = logging.getLogger(__name__)


def signed(offsets: Mapping[Any, OffsetAndMetadata]) -> dict[Any, OffsetAndMetadata]:
    """The same offsets with our metadata."""
    return {tp: OffsetAndMetadata(at.offset, SIGNED) for tp, at in offsets.items()}


class Finished:
    """The committed offsets, noted on disk. Without the note (a lost disk) few skipped messages are detected."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NOTE
        self._noted = _read(self._path)

    def note(self, offsets: Mapping[Any, OffsetAndMetadata]) -> None:
        """Notes that these offsets were committed."""
        self._noted |= {f"{tp.topic}/{tp.partition}": at.offset for tp, at in offsets.items()}
        try:
            written = self._path.with_suffix(".new")
            written.write_text(json.dumps(self._noted))
            written.replace(self._path)
        except OSError as exc:
            log.debug("how far this worker has come was not noted: %s", exc)

    def skipped(
        self, committed: Mapping[Any, OffsetAndMetadata], never_read: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, tuple[int, int]]:
        """The skipped span of each partition whose offset somebody else committed beyond this worker's last commit.

        Other workers that owned the partition in between may have read a part of the span. `never_read` has the
        earliest offset of partitions that no worker has owned before.
        """
        positions = {(tp.topic, tp.partition): at for tp, at in committed.items() if at.metadata != SIGNED}
        unread = {tp: never_read.get(tp, at.offset) for tp, at in positions.items()}
        known = {tp: self._noted.get(f"{tp[0]}/{tp[1]}", first) for tp, first in unread.items()}
        return {tp: (known[tp], at.offset) for tp, at in positions.items() if known[tp] < at.offset}


def tell_skipped(spans: Mapping[TopicPartition, tuple[int, int]]) -> None:
    """Logs and counts messages that no worker will read."""
    for (topic, partition), (first, end) in spans.items():
        text = "%s/%d: somebody has set the group's offset from %d to %d: %d messages are skipped unread"
        log.error(text, topic, partition, first, end, end - first)
        METRICS.events.labels(topic, "skipped").inc(end - first)


def _read(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text())
        return {str(tp): int(offset) for tp, offset in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
