"""A server that answers no call keeps no promise of the drill `overload`, and does not crash the drill."""

from __future__ import annotations

from services.tools.drills.overload.load import Load, load_of
from services.tools.drills.overload.overloading import Margins, overloaded


class Nobody:
    """A generator whose calls all time out."""

    name = "nobody"

    def closed(self, address: str, callers: int, seconds: float) -> Load:
        return load_of(seconds, [("DEADLINE_EXCEEDED", 1000.0)])

    def open(self, address: str, per_s: float, seconds: float) -> Load:
        return load_of(seconds, [])


def test_a_server_that_answers_no_call_keeps_no_promise() -> None:
    margins = Margins(0.1, 0.1, goodput=0.25, silent=0.25, quick_ms=500.0, base_times=5.0, base_plus_ms=25.0)
    seen = overloaded(Nobody(), "127.0.0.1:1", margins)
    assert seen.goodput == 0.0
    assert not seen.is_fine(margins)
    assert seen.back_s == float("inf")
