"""The worker's counters are checked once they had time to grow: a dead letter is sent a moment before."""

from __future__ import annotations

from collections import Counter
from typing import cast

import pytest

from services.common.errors import Broken, Unavailable
from services.tools.drills.drill_tokens import _counts, _honest
from services.tools.drills.tokens.ad_server import DrillAdServer, Shown
from services.tools.drills.tokens.stage import Stage


class Slow:
    """A stage whose worker first does not answer, then has counted a part, then everything."""

    def __init__(self) -> None:
        self._answers: list[dict[str, int] | None] = [None, {"forged": 1}, {"forged": 2, "duplicate": 3}]

    def counts(self) -> dict[str, int]:
        found = self._answers.pop(0)
        if found is None:
            raise Unavailable("outcomes", "it does not tell")
        return found


class Dark:
    """A stage in which no shopper is shown an ad."""

    def ad_server(self, name: str, per_s: float) -> DrillAdServer:
        return _Nothing("nowhere", name, per_s)


class _Nothing(DrillAdServer):
    def many(self, count: int) -> list[Shown]:
        return []


def test_counts_are_read_again_until_they_are_complete() -> None:
    promise = _counts(cast("Stage", Slow()), Counter({"forged": 2}), copies=3)
    assert promise.kept
    assert "2 forged" in promise.happened


def test_the_drill_fails_where_no_shopper_is_shown_an_ad() -> None:
    with pytest.raises(Broken, match="0 of 24 shoppers"):
        _honest(cast("Stage", Dark()), 24)
