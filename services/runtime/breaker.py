"""A circuit breaker: a part that failed a few times in a row is left alone for a while, and then tried once."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Breaker:
    """Says whether to try; time is an argument (monotonic seconds). Not thread-safe, and harmlessly so: two threads may
    both make the one try.

    >>> breaker = Breaker(failures=2, open_s=1.0)
    >>> breaker.failed(0.0); breaker.failed(0.1); breaker.may_try(0.2), breaker.may_try(1.2), breaker.may_try(1.3)
    (False, True, False)
    >>> breaker.succeeded(); breaker.may_try(1.4)
    True
    """

    failures: int  # in a row, until it opens
    open_s: float  # how long it stays open before each try
    _failed: int = field(default=0)
    _next_try_at: float = field(default=0.0)

    @property
    def is_open(self) -> bool:
        """Whether the part is left alone."""
        return self._failed >= self.failures

    def may_try(self, now_s: float) -> bool:
        """Whether to use the part now; while open, true once every `open_s`."""
        if not self.is_open:
            return True
        if now_s < self._next_try_at:
            return False
        self._next_try_at = now_s + self.open_s
        return True

    def succeeded(self) -> None:
        """The part answered."""
        self._failed = 0

    def failed(self, now_s: float) -> None:
        """The part did not answer."""
        self._failed += 1
        self._next_try_at = now_s + self.open_s
