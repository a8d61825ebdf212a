"""Runs a worker until SIGTERM, or until the watchdog ends it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Mapping

import uvloop
from faust.types.tuples import TP

from services.common.clock import Clock, to_ms
from services.common.health import HealthServer
from services.wire.faust_watchdog import Limits, Signs, verdict
from services.wire.faust_worker import CRASHED, START, Worker

log = logging.getLogger(__name__)

_BEAT_S = 0.5
_ASK_S = 5.0  # the broker answers within this, or counts as missing
_LEAVE_S = 6.0  # from SIGTERM to the end


def serve(worker: Worker, clock: Clock) -> int:
    """Runs the worker with its health server; blocks; the exit status of the process."""
    for name, level in (("faust", logging.WARNING), ("mode", logging.WARNING), ("aiokafka", logging.ERROR)):
        logging.getLogger(name).setLevel(level)
    worker.settings.data_dir.mkdir(parents=True, exist_ok=True)
    health = HealthServer(worker.settings.health_port, worker.readiness, worker.settings.health_host)
    health.start()
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    try:
        asyncio.run(_Run(worker, clock).run())
    finally:
        health.stop()
    return 0


class _Run:
    """The tasks and the thread around one worker."""

    def __init__(self, worker: Worker, clock: Clock) -> None:
        self._worker = worker
        self._clock = clock
        self._beat_at = time.monotonic()
        self._progress_at = time.monotonic()

    async def run(self) -> None:
        leave = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, leave.set)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        helpers = [asyncio.create_task(self._beat()), asyncio.create_task(self._ask())]
        self._worker.app.finalize()
        await self._worker.app.start()
        await leave.wait()
        await self._leave()
        for helper in helpers:
            helper.cancel()

    async def _leave(self) -> None:
        """Finishes the batch under way, commits, and goes; whatever hangs is left behind after a few seconds."""
        log.info("leaves: finishes its batch and commits")
        self._worker.draining = True
        threading.Timer(_LEAVE_S, os._exit, (0,)).start()
        await self._worker.idle.wait()
        await self._worker.app.consumer.commit()
        await self._worker.app.stop()
        log.info("left")
        logging.shutdown()
        os._exit(0)  # Faust's consumer thread may outlive its service

    async def _beat(self) -> None:
        """Shows that the event loop runs, and that the worker goes on."""
        finished = -1
        while True:
            self._beat_at = time.monotonic()
            if self._worker.batches != finished:
                finished = self._worker.batches
                self._progress_at = self._beat_at
            await asyncio.sleep(_BEAT_S)

    async def _ask(self) -> None:
        """Asks the broker where the inputs end: for the watermarks, and to know whether it is there."""
        worker = self._worker
        while True:
            await asyncio.sleep(worker.settings.tick_s)
            if not worker.marks.partitions:
                continue
            asked_ms = to_ms(self._clock.now())
            ends = await self._ends()
            if ends is None:
                worker.readiness.waiting_for("kafka")
                continue
            if "kafka" in worker.readiness.waits():
                worker.readiness.has("kafka")
                self._progress_at = time.monotonic()
            worker.marks.ends(ends, asked_ms)
            if not worker.marks.lagging(ends):
                self._progress_at = time.monotonic()

    async def _ends(self) -> Mapping[tuple[str, int], int] | None:
        """Offsets after the last message of each input; None where the broker does not say."""
        worker = self._worker
        tps = [TP(topic, partition) for partition in worker.marks.partitions for topic in worker.topics]
        try:
            found = await asyncio.wait_for(worker.app.consumer.highwaters(*tps), _ASK_S)
        except Exception as exc:  # whatever the client raises, the broker did not say
            log.debug("the broker did not say where the topics end: %r", exc)
            return None
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

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
        now = time.monotonic()
        waits = self._worker.readiness.waits()
        missing = tuple(part for part in waits if part != START)
        crashed = bool(self._worker.app.crashed)
        return Signs(now - self._beat_at, now - self._progress_at, missing, START not in waits, crashed)
