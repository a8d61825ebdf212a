"""What the worker has counted is judged once it has had time to count: a letter is sent a moment before."""

from __future__ import annotations

from collections import Counter
from typing import cast

import pytest

from services.common.errors import Broken, Unavailable
from services.tools.drills.drill_tokens import _counts, _honest
from services.tools.drills.tokens.ad_server import DrillAdServer, Shown
from services.tools.drills.tokens.stage import Stage


class Slow:
    """A stage whose worker is too busy to answer, then has counted a part, then everything."""

    def __init__(self) -> None:
        self._answers: list[dict[str, int] | None] = [None, {"forged": 1}, {"forged": 2, "duplicate": 3}]

    def counts(self) -> dict[str, int]:
        found = self._answers.pop(0)
        if found is None:
            raise Unavailable("outcomes", "it does not tell")
        return found


class Dark:
    """A stage in which nobody is shown anything."""

    def ad_server(self, name: str, per_s: float) -> DrillAdServer:
        return _Nothing("nowhere", name, per_s)


class _Nothing(DrillAdServer):
    def many(self, count: int) -> list[Shown]:
        return []


def test_counts_are_looked_at_again_until_they_are_there() -> None:
    promise = _counts(cast("Stage", Slow()), Counter({"forged": 2}), copies=3)
    assert promise.kept
    assert "2 forged" in promise.happened


def test_where_nothing_is_shown_the_drill_ends_instead_of_forging_for_ever() -> None:
    with pytest.raises(Broken, match="0 of 24 shoppers"):
        _honest(cast("Stage", Dark()), 24)
