"""Limits the memory of answers that callers do not take.

gRPC's core keeps an answer until the caller's flow-control window has taken it, for as long as the connection lives. A
caller that never opens its window, or does not read its socket, may be alive: it answers pings. It makes the server
keep 256 answers a connection, long after each call gave its admission slot back.

All answers that have not been taken are counted here, by connection. Beyond `MOST_BYTES`, the connection that takes
least (`weight_of`) is closed, which frees its answers. A caller that only reads slowly loses nothing while the sum is
below the limit, and beyond it those who hold more come first. There is no limit on the time of one call: gRPC ends it
at its caller's deadline.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from services.common.metrics import METRICS
from services.runtime.hang_up import hang_up

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of answers that wait for their callers, in one process; a larger one may wait alone."""

CALL_BYTES: Final = 24 * 1024
"""What gRPC's core and our own objects need for a call beside its answer, as measured with 6,000 of them."""

_SLOW_S: Final = 1.0
_LEAST_WEIGHT: Final = 0.1
_LOG = logging.getLogger(__name__)
Context = Any  # grpc.aio.ServicerContext; grpc ships no types


@dataclass(slots=True, eq=False)
class _Held:
    """What waits for one connection."""

    answers: dict[object, tuple[int, float]] = field(default_factory=dict)  # bytes, and since when
    bytes: int = 0
    closed: bool = False

    def weight(self, now: float) -> float:
        """The larger, the less a connection takes."""
        return sum(weight_of(size, now - since) for size, since in self.answers.values())


def weight_of(size: int, waited_s: float) -> float:
    """How much an answer that waits counts against its connection: fully after a second, before at least a tenth.

    Those who read at once may have many answers on their way, and those who read slowly may have one for long.

    >>> busy, slow, deaf = 40 * weight_of(200_000, 0.02), weight_of(200_000, 20.0), 25 * weight_of(200_000, 0.5)
    >>> round(busy), round(slow), round(deaf)
    (800000, 200000, 2500000)
    """
    return size * min(max(waited_s / _SLOW_S, _LEAST_WEIGHT), 1.0)


class Departures:
    """The answers of one server that wait for their callers; belongs to one event loop."""

    def __init__(
        self,
        most_bytes: int = MOST_BYTES,
        hang_up: Callable[[str], None] = hang_up,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hang_up` closes the connection of a peer, in gRPC's notation; its calls are then done soon."""
        self._most_bytes = most_bytes
        self._hang_up = hang_up
        self._now = now
        self._bytes = 0
        self._held: dict[str, _Held] = {}  # by peer

    @property
    def waiting_bytes(self) -> int:
        """The size of all answers that wait, with `CALL_BYTES` for each."""
        return self._bytes

    def depart(self, answer: bytes, context: Context) -> bytes:
        """The same answer, counted until its call is done."""
        leave = self._wait(context.peer(), len(answer) + CALL_BYTES)
        context.add_done_callback(lambda _: leave())
        return answer

    @contextmanager
    def waiting(self, size: int, context: Context) -> Iterator[None]:
        """Counts one of several answers while the `with` block writes it."""
        leave = self._wait(context.peer(), size + CALL_BYTES)
        try:
            yield
        finally:
            leave()

    def _wait(self, peer: str, size: int) -> Callable[[], None]:
        """Counts `size` bytes for the peer until the function that it returns is called."""
        held, answer, now = self._held.setdefault(peer, _Held()), object(), self._now()
        held.answers[answer] = size, now
        held.bytes += size
        self._bytes += size
        while self._bytes > self._most_bytes and sum(len(one.answers) for one in self._held.values()) > 1:
            self._close_worst(now)

        def leave() -> None:
            del held.answers[answer]
            held.bytes -= size
            self._bytes -= 0 if held.closed else size
            if not held.answers and self._held.get(peer) is held:
                del self._held[peer]

        return leave

    def _close_worst(self, now: float) -> None:
        """Closes the connection that takes least, of equals the newest; its calls end soon, and count no more."""
        peer, worst = max(reversed(self._held.items()), key=lambda one: one[1].weight(now))
        del self._held[peer]
        worst.closed = True
        self._bytes -= worst.bytes
        METRICS.hung_up.inc()
        _LOG.warning("Hung up on %s: it did not take %d answers, %d bytes", peer, len(worst.answers), worst.bytes)
        self._hang_up(peer)
