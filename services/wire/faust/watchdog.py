"""Decides when a worker is stuck and must end; one that waits for a part or has nothing to do is not stuck.

Faust's workers can die silently: the event loop blocks, the consumer thread stops fetching, recovery never ends. A
separate thread, which waits for none of them, checks this. A hard exit is safe (nothing unfinished is acknowledged) and
the supervisor starts the worker again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds without progress after which a worker counts as stuck."""

    stuck_s: float
    recovery_s: float


@dataclass(frozen=True, slots=True)
class Signs:
    """What the watchdog sees of a worker at one moment."""

    beat_age_s: float  # since the event loop last ran
    progress_age_s: float  # since a batch was finished, a part came back or the worker reached the topics' ends
    waits: tuple[str, ...]  # named parts that are missing
    owning: bool  # the partitions are assigned and their states restored
    crashed: bool  # Faust reports that one of its services crashed


def verdict(signs: Signs, limits: Limits) -> str:
    """Why the worker must end now; "" where it need not.

    >>> verdict(Signs(0.1, 900.0, ("redis",), owning=True, crashed=False), Limits(60.0, 300.0))
    ''
    >>> verdict(Signs(0.1, 61.0, (), owning=True, crashed=False), Limits(60.0, 300.0))
    'no batch was finished for 61 s although messages wait and no part is missing'
    """
    if signs.crashed:
        return "one of Faust's services crashed"
    if signs.beat_age_s > limits.stuck_s:
        return f"the event loop has been blocked for {signs.beat_age_s:.0f} s"
    if signs.waits:
        return ""
    if not signs.owning:
        late = signs.progress_age_s > limits.recovery_s
        return f"partitions and states have not come for {signs.progress_age_s:.0f} s" if late else ""
    if signs.progress_age_s > limits.stuck_s:
        return f"no batch was finished for {signs.progress_age_s:.0f} s although messages wait and no part is missing"
    return ""
