"""A circuit breaker: after a few failures in a row it blocks calls to a part, and lets single probes through."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Breaker:
    """Decides whether to call a part; time is an argument (monotonic seconds).

    Not thread-safe, but harmlessly so: two threads may both send the probe.

    >>> breaker = Breaker(failures=2, open_s=1.0)
    >>> breaker.failed(0.0); breaker.failed(0.1); breaker.may_try(0.2), breaker.may_try(1.2), breaker.may_try(1.3)
    (False, True, False)
    >>> breaker.succeeded(); breaker.may_try(1.4)
    True
    """

    failures: int  # consecutive failures that open the breaker
    open_s: float  # how long it stays open before each probe
    _failed: int = field(default=0)
    _next_try_at: float = field(default=0.0)

    @property
    def is_open(self) -> bool:
        """Whether calls to the part are blocked."""
        return self._failed >= self.failures

    def may_try(self, now_s: float) -> bool:
        """Whether to call the part now; while open, true once every `open_s`."""
        if not self.is_open:
            return True
        if now_s < self._next_try_at:
            return False
        self._next_try_at = now_s + self.open_s
        return True

    def succeeded(self) -> None:
        """Records an answer of the part."""
        self._failed = 0

    def failed(self, now_s: float) -> None:
        """Records a failure of the part."""
        self._failed += 1
        self._next_try_at = now_s + self.open_s
