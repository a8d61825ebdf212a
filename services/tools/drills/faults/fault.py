"""Faults: how each begins and ends, and which part the answers must name meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.tools.drills.faults.open_loop import Request
from services.tools.drills.faults.slow_link import SlowLink
from services.tools.stack.session import RunningStack

SLOWED_S: Final = 0.200


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a part that can be begun and ended."""

    part: str
    how: str  # killed, frozen, slowed by 200 ms
    begin: Callable[[], None]
    end: Callable[[], None]

    @property
    def name(self) -> str:
        """The fault's name in the output."""
        return f"{self.part} {self.how}"

    @property
    def named(self) -> str:
        """The part's name in `degraded`; empty where answers are not degraded by the fault."""
        return self.part if self.part in ("triton", "redis") else ""

    def is_over(self, request: Request) -> bool:
        """Whether the answer to this request shows no effect of the fault any more."""
        return request.status == "OK" and self.part not in request.degraded


def killed(stack: RunningStack, part: str) -> Fault:
    """SIGKILL; the part is not restarted until the fault ends."""

    def begin() -> None:
        os.kill(_pid(stack, part), signal.SIGKILL)
        stack.stop(part)

    return Fault(part, "killed and kept away", begin, lambda: stack.start(part))


def frozen(stack: RunningStack, part: str) -> Fault:
    """SIGSTOP for every process of the part; its connections stay open."""
    return Fault(
        part,
        "frozen",
        lambda: os.killpg(_pid(stack, part), signal.SIGSTOP),
        lambda: os.killpg(_pid(stack, part), signal.SIGCONT),
    )


def slowed(link: SlowLink, part: str) -> Fault:
    """Each answer of the part is delayed."""

    def by(delay_s: float) -> None:
        link.delay_s = delay_s

    return Fault(part, f"slowed by {SLOWED_S * 1000:.0f} ms", lambda: by(SLOWED_S), lambda: by(0.0))


def _pid(stack: RunningStack, part: str) -> int:
    return int(stack.status()["processes"][part]["pid"])
