"""Faults: how each begins, how it ends, and what the answers meanwhile have to say."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.tools.drills.faults.open_loop import Asked
from services.tools.drills.faults.slow_link import SlowLink
from services.tools.stack.session import RunningStack

SLOWED_S: Final = 0.200


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is done to a part, and undone."""

    part: str
    how: str  # killed, frozen, slowed by 200 ms
    begin: Callable[[], None]
    end: Callable[[], None]

    @property
    def name(self) -> str:
        """What is printed."""
        return f"{self.part} {self.how}"

    @property
    def named(self) -> str:
        """The word that answers have for it; empty where they lack nothing."""
        return self.part if self.part in ("triton", "redis") else ""

    def is_over(self, asked: Asked) -> bool:
        """Whether this answer shows nothing of it any more."""
        return asked.status == "OK" and self.part not in asked.degraded


def killed(stack: RunningStack, part: str) -> Fault:
    """SIGKILL, and kept away until the fault ends."""

    def begin() -> None:
        os.kill(_pid(stack, part), signal.SIGKILL)
        stack.stop(part)

    return Fault(part, "killed and kept away", begin, lambda: stack.start(part))


def frozen(stack: RunningStack, part: str) -> Fault:
    """Every process of it stands still; connections stay."""
    return Fault(
        part,
        "frozen",
        lambda: os.killpg(_pid(stack, part), signal.SIGSTOP),
        lambda: os.killpg(_pid(stack, part), signal.SIGCONT),
    )


def slowed(link: SlowLink, part: str) -> Fault:
    """Each of its answers comes later."""

    def by(delay_s: float) -> None:
        link.delay_s = delay_s

    return Fault(part, f"slowed by {SLOWED_S * 1000:.0f} ms", lambda: by(SLOWED_S), lambda: by(0.0))


def _pid(stack: RunningStack, part: str) -> int:
    return int(stack.status()["processes"][part]["pid"])
