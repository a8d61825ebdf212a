"""Runs a Faust worker in its process: event loop, watchdog and shutdown (`runtime/process.py` does the rest)."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from contextlib import suppress

import uvloop

from services.common.clock import Clock
from services.runtime.folder_lock import alone_in
from services.runtime.freed_memory import give_freed_memory_back
from services.runtime.process import asked_loop_to_leave
from services.wire.faust.app import faust_path
from services.wire.faust.cluster import cluster_id
from services.wire.faust.ends import EndsOfInputs
from services.wire.faust.membership import give_name_up
from services.wire.faust.states.layouts import agreed_layout, another_layout, folder_of
from services.wire.faust.watchdog import Limits, Signs, verdict
from services.wire.faust.worker import CRASHED, START, Worker

log = logging.getLogger(__name__)

_LOG_LEVELS = {
    "faust": logging.WARNING,
    "mode": logging.WARNING,
    "services.wire.faust.states.recovery": logging.WARNING,  # Faust's own messages are long
    "services.wire.faust.consumer": logging.WARNING,
    "aiokafka": logging.ERROR,
}
_BEAT_S = 0.5
_LEAVE_S = 6.0  # from SIGTERM to the exit


def serve_worker(worker: Worker, clock: Clock) -> None:
    """Runs the worker until it stops, then ends the process; blocks.

    Raises `Misconfigured` where another worker of the same name uses the data folder.
    """
    give_freed_memory_back()
    for name, level in _LOG_LEVELS.items():
        logging.getLogger(name).setLevel(level)
    with alone_in(worker.settings.data_dir, worker.name):
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        asyncio.run(_Run(worker, clock).run())


class Relaid(Exception):
    """The numbers of partitions of the topics have changed since the worker started."""


class _Run:
    """The tasks and the thread around one worker."""

    def __init__(self, worker: Worker, clock: Clock) -> None:
        self._worker = worker
        self._ends = EndsOfInputs(worker, clock)
        self._beat_at = time.monotonic()
        self._started = False

    async def run(self) -> None:
        leave = asked_loop_to_leave()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        jobs = (self._beat(), self._work(), leave.wait())
        done, _ = await asyncio.wait([asyncio.ensure_future(job) for job in jobs], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            with suppress(Relaid):
                task.result()  # raises the exception that ended the task, if any
        await self._leave()

    async def _work(self) -> None:
        worker = self._worker
        cluster = await cluster_id(worker.settings.kafka, worker.readiness)
        partitions = await agreed_layout(worker.settings.kafka, worker.name, worker.topics, worker.readiness)
        worker.app.conf.datadir = faust_path(folder_of(worker.settings.data_dir, cluster, partitions))
        worker.lay_out(partitions)
        worker.app.finalize()
        await worker.app.start()
        self._started = True
        await asyncio.gather(self._ends.keep_asking(), self._leave_where_partitions_are_added(partitions))

    async def _leave_where_partitions_are_added(self, partitions: int) -> None:
        """Raises `Relaid` where partitions were added; the next start waits until the states are laid out to match."""
        worker = self._worker
        await another_layout(worker.settings.kafka, worker.name, worker.topics, partitions)
        raise Relaid

    async def _leave(self) -> None:
        """Finishes the current batch, commits and exits; a step that hangs is abandoned after `_LEAVE_S`."""
        log.info("leaves: finishes its batch and commits")
        self._worker.draining = True
        threading.excepthook = threading.__excepthook__  # errors of Faust's thread are expected while it is closed
        threading.Timer(_LEAVE_S, os._exit, (0,)).start()
        if self._started:
            await self._worker.idle.wait()
            await self._worker.app.consumer.commit()
            give_name_up(self._worker.app.consumer)
            await self._worker.app.stop()
        log.info("left")
        logging.shutdown()
        os._exit(0)  # Faust's consumer thread may outlive its service

    async def _beat(self) -> None:
        """Notes the time regularly, which shows that the event loop runs."""
        while True:
            self._beat_at = time.monotonic()
            await asyncio.sleep(_BEAT_S)

    def _watch(self) -> None:
        limits = Limits(self._worker.settings.stuck_s, self._worker.settings.recovery_limit_s)
        while True:
            time.sleep(_BEAT_S)
            why = verdict(self._signs(), limits)
            if why:
                log.critical("stuck: %s; ends itself", why)
                logging.shutdown()
                os._exit(CRASHED)

    def _signs(self) -> Signs:
        readiness = self._worker.readiness
        waits = readiness.waits()
        missing = tuple(part for part in waits if part != START)
        crashed = bool(self._worker.app.crashed)
        beat_age_s = time.monotonic() - self._beat_at
        return Signs(beat_age_s, readiness.idle_s(), missing, START not in waits, crashed)
