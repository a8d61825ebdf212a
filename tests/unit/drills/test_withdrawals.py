"""Delays and budgets are judged by what was seen, and what was not measured is not kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import pytest

from services.tools.drills.drill import Promise
from services.tools.drills.withdrawals.delays import Ending, ending_of, promise_of
from services.tools.drills.withdrawals.spending import Budgets, Load
from services.tools.drills.withdrawals.spent import promises
from services.tools.drills.withdrawals.target import Kind, format_of, group_of
from services.tools.drills.withdrawals.watch import Answer

BUDGETS = Budgets((1_000, 100), 1_500, 1.0)


def ending(delay_ms: float, watched_ms: float = 9_000.0) -> Ending:
    return Ending(1_000.0, 1_000.0 + delay_ms, 1_020.0 + delay_ms, watched_ms)


def test_an_ad_that_was_not_shown_after_its_message_has_no_delay() -> None:
    assert ending(-15.0).delay_s == 0.0
    assert ending(250.0).delay_s == 0.25


@pytest.mark.parametrize(
    "one", [ending(250.0, watched_ms=1_900.0), Ending(None, 1_000.0, 1_020.0, 9_000.0)], ids=["watched", "message"]
)
def test_an_ad_that_was_not_seen_to_end_is_shown_for_ever(one: Ending) -> None:
    assert one.delay_s == math.inf
    assert not promise_of(Kind.CLICKS, {"replica 0": [one]}, 1).kept


def test_an_ad_that_comes_back_was_shown_until_then() -> None:
    answers = [Answer(at, frozenset({"c"} if at in (1.0, 3.0) else ())) for at in (1.0, 2.0, 3.0, 4.0)]
    assert ending_of("c", 1.5, answers) == Ending(1.5, 3.0, 4.0, 4.0)


def test_each_replica_keeps_the_promise_for_itself_and_was_measured_often_enough() -> None:
    prompt, late = [ending(20.0)] * 100, [ending(20.0)] * 98 + [ending(1_400.0)] * 2
    assert promise_of(Kind.SOLD_OUT, {"replica 0": prompt, "replica 1": prompt}, 100).kept
    assert not promise_of(Kind.SOLD_OUT, {"replica 0": prompt, "replica 1": late}, 100).kept
    assert not promise_of(Kind.SOLD_OUT, {"replica 0": prompt, "replica 1": prompt[1:]}, 100).kept
    assert not promise_of(Kind.SOLD_OUT, {}, 0).kept


@pytest.mark.parametrize(
    ("records", "kept"),
    [
        ({"k-budget-0": 1_000, "k-budget-1": 100, "": 500}, [True, True, True]),
        ({"k-budget-0": 1_010, "k-budget-1": 98, "": 500}, [True, True, True]),
        ({"k-budget-0": 1_011, "k-budget-1": 100, "": 500}, [False, True, True]),
        ({"k-budget-0": 995, "k-budget-1": 100, "": 505}, [True, False, True]),
        ({"k-budget-0": 1_000, "k-budget-1": 100, "": 300}, [True, True, False]),
    ],
)
def test_budgets_are_judged_by_the_records_of_both_replicas(records: Mapping[str, int], kept: list[bool]) -> None:
    load = Load(["a", "b"], Counter({"k-budget-0": 900, "": 600}), Counter({"a": 800, "b": 700}))
    assert [promise.kept for promise in promises(records, BUDGETS, load)] == kept


def test_a_load_that_only_one_replica_answered_proves_nothing_of_two() -> None:
    load = Load(["a", "b"], Counter({"": 1_600}), Counter({"a": 1_599, "b": 1}))
    *_, last = promises({"": 1_600}, BUDGETS, load)
    assert isinstance(last, Promise) and not last.kept


def test_an_ad_of_each_kind_has_a_format_with_its_group_and_ends_by_itself() -> None:
    group = group_of(3)
    assert [target.kind for target in group] == list(Kind)
    assert len({target.product_id for target in group}) == len(Kind)
    assert format_of(3) != format_of(4)
