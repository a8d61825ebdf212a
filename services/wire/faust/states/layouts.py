"""Polls the numbers of partitions of a worker's topics: before the worker starts, and every few seconds after that."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.common.topics import PARTITIONS
from services.runtime.health import Readiness
from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.cluster import PART
from services.wire.faust.finished import NOTE
from services.wire.faust.states.layout import Layout, layout_of

log = logging.getLogger(__name__)

_ANSWER_MS = 5_000
_AGAIN_S = 1.0  # while the worker waits
_LOOK_S = 5.0  # while the worker runs


async def counts(kafka: str) -> dict[str, int]:
    """The number of partitions of every topic. Raises `KafkaError` and `OSError`."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=_ANSWER_MS)
    try:
        await admin.start()
        described = await admin.describe_topics()
        found = {topic["topic"]: len(topic["partitions"]) for topic in described}
        return {topic: count for topic, count in found.items() if count}  # 0: it is being created or deleted
    finally:
        await admin.close()


async def agreed_layout(kafka: str, processor: str, inputs: Collection[str], readiness: Readiness) -> int:
    """The number of partitions of all inputs and of the states' layout; waits until they are equal."""
    waited_for = ""
    while True:
        found = await _layout(kafka, processor, inputs)
        missing = found.waits_for if found and found.why_not else "" if found else PART
        if missing != waited_for:
            if found and found.why_not:
                log.error("waits: %s", found.why_not)
            if waited_for:
                readiness.has(waited_for)
            if missing:
                readiness.waiting_for(missing)
            waited_for = missing
        if found and not missing:
            return found.partitions
        await asyncio.sleep(_AGAIN_S)


async def another_layout(kafka: str, processor: str, inputs: Collection[str], partitions: int) -> None:
    """Returns when partitions have been added to one of the topics, and logs it."""
    while True:
        await asyncio.sleep(_LOOK_S)
        found = await _layout(kafka, processor, inputs)
        if found and (found.why_not or found.partitions != partitions):
            log.error("leaves: it works with %d partitions, and now there are %s", partitions, found.why_not or found)
            return


@dataclass(slots=True)
class LayoutCheck:
    """Checks once more, when the worker is in its group, for how many partitions its states are laid out.

    They may have been laid out anew while it started. From then on a move waits until the worker has left.
    """

    kafka: str
    processor: str
    inputs: Collection[str]
    partitions: int
    _passed: bool = False

    async def check(self) -> None:
        """Raises `PartitionsRevoked` where the layout is another one by now, or Kafka does not answer."""
        if not self._passed:
            found = await _layout(self.kafka, self.processor, self.inputs)
            self._passed = found == Layout(self.partitions)
        if not self._passed:
            await asyncio.sleep(_AGAIN_S)
            raise PartitionsRevoked


async def _layout(kafka: str, processor: str, inputs: Collection[str]) -> Layout | None:
    """The layout; None where Kafka does not answer."""
    try:
        return layout_of(processor, inputs, await counts(kafka))
    except (KafkaError, OSError) as exc:
        log.debug("kafka did not say how many partitions there are: %r", exc)
        return None


def folder_of(data: Path, cluster: str, partitions: int) -> Path:
    """The folder of this layout's states on disk; removes other layouts' folders, which the changelog can restore.

    The note of finished offsets is kept: more partitions change no offset.
    """
    folder = data / (cluster if partitions == PARTITIONS else f"{cluster}-of-{partitions}")
    for other in data.glob(f"{cluster}*"):
        if other != folder:
            _keep_note(other, folder)
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _keep_note(other: Path, folder: Path) -> None:
    if (other / NOTE).exists() and not (folder / NOTE).exists():
        with suppress(OSError):  # without a note, skipped messages are not detected
            folder.mkdir(exist_ok=True)
            (other / NOTE).rename(folder / NOTE)
