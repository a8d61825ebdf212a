"""A run from start to end: starts the stack and the shoppers, shows figures, waits for windows, ends everything.

A stack that is up already is used and left up; otherwise one is started and ended. Figures are counted from Kafka
(`kafka_counts.py`), from the ad server's answers (`traffic.py`) and from Feast (`probe.py`).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rich.console import Console

from services.common.errors import Unavailable
from services.common.secrets import load_pseudonym_key
from services.features.feast_reader import FeastReader
from services.tools.demo.figures import Figures, last_line
from services.tools.demo.kafka_counts import KafkaCounts
from services.tools.demo.probe import ClickProbe
from services.tools.demo.traffic import SimulatedTraffic, simulated_shoppers
from services.tools.demo.view import RunView, remarks, screen
from services.tools.stack import control, session
from services.tools.stack.session import RunningStack
from services.tools.stack.state_dir import StateDir, state_dir_of
from services.tools.stack.table import ATTRIBUTION_WINDOW_S
from services.tools.stack.view import ChangesPrinter
from services.wire.kafka.producer import Producer, ProducerSettings

_LOOK_S: Final = 0.25
_LOG_WIDTH: Final = 120
_REPORT_AFTER_S: Final = 15.0  # by how much the report may follow the last window
_LONGEST_WAIT_S: Final = 90.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of a run."""

    duration_s: float  # infinite: until Ctrl-C
    seed: int
    events_per_s: float
    decisions_per_s: float
    shoppers: int


def main(wanted: Wanted) -> None:
    """The whole run; raises an `AdloomError` where it failed."""
    console = Console(stderr=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else _LOG_WIDTH)
    with _stack(state_dir_of(), console) as stack, _interrupts() as stop:
        console.print(f"The demo shop, with ads: http://{stack.web}/demo", highlight=False)
        figures = _Run(stack, wanted, console, stop).play()
    sys.stdout.write(f"{json.dumps(last_line(figures))}\n")


@contextmanager
def _stack(state_dir: StateDir, console: Console) -> Iterator[RunningStack]:
    if control.is_running(state_dir):
        console.print("The stack is up already; it is used, and left up.")
        yield session.running(state_dir)
        return
    with session.tied_stack(state_dir, os.environ, show=ChangesPrinter(console).show) as stack:
        yield stack
        console.print("The stack is going down.")


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, in place of ending the process."""
    interrupted = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: interrupted.set()) for number in numbers}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Run:
    """One run against a stack that is up."""

    def __init__(self, stack: RunningStack, wanted: Wanted, console: Console, stop: threading.Event) -> None:
        self._wanted = wanted
        self._console = console
        self._stop = stop
        self._view = RunView()
        self._run_id = f"run-{wanted.seed}-{time.time_ns() // 1_000_000:x}"
        self._log = stack.state_dir.log("simulator")
        self._environ = {
            **os.environ,
            **stack.environ(),
            "ADLOOM_SIMULATOR_SEED": str(wanted.seed),
            "ADLOOM_SIMULATOR_EVENTS_PER_S": str(wanted.events_per_s),
            "ADLOOM_SIMULATOR_DECISIONS_PER_S": str(wanted.decisions_per_s),
            "ADLOOM_SIMULATOR_SHOPPERS": str(wanted.shoppers),
            "ADLOOM_SIMULATOR_RUN": self._run_id,
        }
        self._counts = KafkaCounts(stack.kafka)
        self._producer = Producer(ProducerSettings(stack.kafka, client_id="adloom-run"))
        reader = FeastReader(stack.redis, timeout_s=1.0)
        self._probe = ClickProbe(self._producer, reader, load_pseudonym_key(stack.state_dir.secrets), self._run_id)

    def play(self) -> Figures:
        """Runs the shoppers for the wanted time, then waits until the windows close."""
        self._counts.start()
        try:
            with simulated_shoppers(self._environ, self._log) as traffic:
                traffic.wait_until_begun()
                began = time.monotonic()
                self._probe.start()
                self._shop(traffic, began)
                seconds = time.monotonic() - began
                self._probe.stop()
                self._console.print("Shoppers open no more pages; clicks on the last ads follow.")
                traffic.end()
            self._producer.flush(_LONGEST_WAIT_S)
            self._close_windows(traffic, seconds)
            self._counts.check()
            figures = self._figures(traffic, seconds)
        finally:
            self._counts.stop()
            self._producer.close(5.0)
        self._sum_up(figures, traffic)
        return figures

    def _shop(self, traffic: SimulatedTraffic, began: float) -> None:
        until = began + self._wanted.duration_s
        with screen(self._view, self._console) as show:
            while time.monotonic() < until and not self._stop.wait(_LOOK_S):
                traffic.check()
                show(self._figures(traffic, time.monotonic() - began), "shoppers are shopping, Ctrl-C ends it")
        self._stop.clear()

    def _close_windows(self, traffic: SimulatedTraffic, seconds: float) -> None:
        """Waits until the report has every impression, so that the click rates include all; Ctrl-C skips it."""
        window_s = float(os.environ.get("ADLOOM_ATTRIBUTION_WINDOW_S", ATTRIBUTION_WINDOW_S))
        longest = min(window_s + _REPORT_AFTER_S, _LONGEST_WAIT_S)
        began = time.monotonic()
        with screen(self._view, self._console) as show:
            time.sleep(2 * _LOOK_S)
            while (waited := time.monotonic() - began) < longest and not self._stop.wait(_LOOK_S):
                figures = self._figures(traffic, seconds)
                windows = f"waiting for attribution windows, {waited:.0f} of at most {longest:.0f} s"
                show(figures, f"no more traffic; {windows}, {figures.counted.closed} closed, Ctrl-C skips")
                if figures.counted.settled:
                    return

    def _figures(self, traffic: SimulatedTraffic, seconds: float) -> Figures:
        return Figures(
            seconds=seconds,
            counted=self._counts.counted,
            waits_ms=traffic.waits_ms,
            degraded=traffic.degraded,
            failed=traffic.failed,
            delays_ms=self._probe.delays_ms,
        )

    def _sum_up(self, figures: Figures, traffic: SimulatedTraffic) -> None:
        """Prints the summary; raises where no request was answered or no click reached the features."""
        if len(traffic.waits_ms) == traffic.failed:
            raise Unavailable("creative", f"no request was answered ({traffic.failure or 'none was made'})")
        if not figures.delays_ms and self._probe.failure is not None:
            raise self._probe.failure
        self._console.print(self._view.shown(figures, f"summary of {figures.seconds:.0f} s of traffic"))
        for remark in remarks(figures, traffic.failure):
            self._console.print(remark, highlight=False)
