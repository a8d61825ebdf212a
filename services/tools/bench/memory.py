"""Whether memory stays flat: resident bytes of each of our processes during ten minutes of simulated traffic.

The first quarter is warm-up: windows and caches fill, the last of them the cache of creative's 8,192 answers after
137 s of 600. A line is fitted to the rest. Memory grows in steps, so neighbouring samples are correlated and a plain
interval of the slope would be far too narrow. The interval therefore uses Newey and West's variance with lags up to a
quarter of the samples, and the wider critical value that Kiefer and Vogelsang (2005) give for so many lags. It covers
95 % for weakly correlated samples, and 87 % of 300 simulated runs with a correlation of 0.9.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import psutil

from services.common.errors import Unavailable
from services.tools.bench.figures import Figure
from services.tools.bench.sizes import process_of
from services.tools.demo.traffic import SimulatedTraffic, simulated_shoppers
from services.tools.stack.session import RunningStack

PROCESSES = ("events", "profiles", "creative", "outcomes", "evaluation")
SHOPPERS = 2_000
EVENTS_PER_S = 150
DECISIONS_PER_S = 60
WARM = 0.25

_SAMPLE_S = 2.0
_SAY_EVERY = 15  # samples
_MIB = 1 << 20
_B = 0.25  # lags as a share of the samples
_CRITICAL = 1.96 + 2.9694 * _B + 0.416 * _B**2 - 0.5324 * _B**3  # at 95 %, for Bartlett's weights


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line through samples, with the 95 % interval of its slope."""

    start: float
    slope: float
    low: float
    high: float


def memory(running: RunningStack, seconds: float) -> list[Figure]:
    """How much each process has grown over the measured time, by the line and by both ends of its interval."""
    environ = {
        **os.environ,
        **running.environ(),
        "ADLOOM_SIMULATOR_SHOPPERS": str(SHOPPERS),
        "ADLOOM_SIMULATOR_EVENTS_PER_S": str(EVENTS_PER_S),
        "ADLOOM_SIMULATOR_DECISIONS_PER_S": str(DECISIONS_PER_S),
        "ADLOOM_SIMULATOR_RUN": "bench-memory",
    }
    with simulated_shoppers(environ, running.state_dir.log("simulator")) as traffic:
        traffic.wait_until_begun()
        times, sizes = _sample(running, traffic, seconds)
        decisions = len(traffic.waits_ms)
        traffic.end()
    sys.stderr.write(f"memory: {decisions} decisions in {seconds:.0f} s, {traffic.failed} failed\n")
    return [figure for name in PROCESSES for figure in _figures(name, times, sizes[name])]


def _sample(
    running: RunningStack, traffic: SimulatedTraffic, seconds: float
) -> tuple[list[float], dict[str, list[float]]]:
    """Moments in seconds, and MiB of each process at each of them."""
    processes = {name: process_of(running, name) for name in PROCESSES}
    times: list[float] = []
    sizes: dict[str, list[float]] = {name: [] for name in PROCESSES}
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds:
        traffic.check()
        times.append(elapsed)
        for name, process in processes.items():
            sizes[name].append(_resident(name, process))
        if len(times) % _SAY_EVERY == 0:
            newest = ", ".join(f"{name} {found[-1]:.0f}" for name, found in sizes.items())
            sys.stderr.write(f"memory: {elapsed:.0f} s: {newest} MiB\n")
        time.sleep(_SAMPLE_S)
    return times, sizes


def _resident(name: str, process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / _MIB
    except psutil.NoSuchProcess as exc:
        raise Unavailable(name, "it ended while its memory was measured") from exc


def _figures(name: str, times: Sequence[float], sizes: Sequence[float]) -> Iterator[Figure]:
    first = next(number for number, at in enumerate(times) if at >= WARM * times[-1])
    line = fit(times[first:], sizes[first:])
    span = times[-1] - times[first]
    for suffix, slope in (("", line.slope), ("_low", line.low), ("_high", line.high)):
        yield Figure(f"memory_growth_{name}{suffix}", slope * span, f"MiB in {span:.0f} s", "resident", line.start)


def fit(times: Sequence[float], values: Sequence[float]) -> Line:
    """The least-squares line through samples.

    >>> line = fit([0, 1, 2, 3], [5, 7, 9, 11])
    >>> round(line.start, 9), round(line.slope, 9), round(line.high - line.low, 6)
    (5.0, 2.0, 0.0)
    """
    t, y = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    n, centred = len(t), t - t.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    scores = centred * (y - y.mean() - slope * centred)
    lags = int(_B * n)
    variance = float(scores @ scores)
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(scores[lag:] @ scores[:-lag])
    margin = _CRITICAL * math.sqrt(max(variance, 0.0)) / spread
    start = float(y.mean()) + slope * float(t[0] - t.mean())
    return Line(start, slope, slope - margin, slope + margin)
