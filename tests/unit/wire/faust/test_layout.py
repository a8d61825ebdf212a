"""A worker works only where its inputs and its states are laid out for one number of partitions; else what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.common.topics import CLICKS, ORDERS, OUTCOMES, PARTITIONS, POLICY, VIEWS
from services.tools.stack.kafka.repartition import to_raise
from services.wire.faust.finished import NOTE
from services.wire.faust.states.layout import Layout, changelog_of, layout_of
from services.wire.faust.states.layouts import folder_of

INPUTS = (VIEWS, CLICKS, ORDERS)
OF_6, OF_8 = changelog_of("profiles", 6), changelog_of("profiles", 8)
ALL_6, ALL_8 = dict.fromkeys(INPUTS, 6), dict.fromkeys(INPUTS, 8)


@pytest.mark.parametrize(
    ("counts", "partitions"),
    [
        ({}, PARTITIONS),
        (ALL_6, 6),  # the first start: nobody has states
        (ALL_6 | {OF_6: 6}, 6),
        (ALL_8 | {OF_8: 8}, 8),
        (ALL_6 | {OF_6: 6, POLICY: 3, "ad.deadletter": 9, "somebody-elses": 40}, 6),  # no user lives there
        (ALL_6 | {OF_6: 6, changelog_of("outcomes", 8): 8}, 6),  # another room's
    ],
)
def test_where_all_have_the_same_number_a_worker_works_with_it(counts: dict[str, int], partitions: int) -> None:
    assert layout_of("profiles", INPUTS, counts) == Layout(partitions)


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        (ALL_6 | {VIEWS: 8, OF_6: 6}, 8),  # one input was raised
        (ALL_6 | {VIEWS: 8}, 8),  # before the first start
        (ALL_8 | {OF_6: 6}, 8),  # all inputs, and the states lie where they were
        (ALL_6 | {OF_6: 8}, 8),  # the changelog alone
        (ALL_8 | {OF_6: 8}, 8),  # everything by hand: no state has moved
        (ALL_8 | {OF_6: 6, OF_8: 8}, 8),  # the command was killed on its way
        (dict.fromkeys(INPUTS, 12) | {OF_6: 6, OF_8: 8}, 12),  # and called with another number
        (ALL_8 | {OF_8: 8, CLICKS: 4}, 8),  # a topic was made anew with fewer
        (ALL_8 | {OF_8: 4}, 8),  # the changelog was
        ({VIEWS: 8, CLICKS: 7, ORDERS: 12, OF_6: 6}, 12),
    ],
)
def test_where_numbers_differ_or_states_lie_elsewhere_it_says_what_to_do(counts: dict[str, int], wanted: int) -> None:
    found = layout_of("profiles", INPUTS, counts)
    assert f"adloom partitions {wanted} moves all to {wanted}" in found.why_not
    assert all(f"{topic} {count}" in found.why_not for topic, count in counts.items())
    assert found.waits_for == f"partitions (adloom partitions {wanted})"


def test_topics_that_were_raised_already_are_left_and_none_can_have_fewer() -> None:
    assert to_raise(8, ALL_6 | {VIEWS: 8, OUTCOMES: 6, OF_6: 6, POLICY: 1}) == [CLICKS, ORDERS, OUTCOMES]
    with pytest.raises(Misconfigured, match=r"7 partitions where at least 8 were expected: ad\.views has so many"):
        to_raise(7, ALL_6 | {VIEWS: 8})
    with pytest.raises(Misconfigured, match="at least 9 were expected: adloom-profiles-users-changelog"):
        to_raise(8, ALL_6 | {OF_6: 9})


def test_states_on_disk_are_those_of_one_layout(tmp_path: Path) -> None:
    before = folder_of(tmp_path, "cluster", PARTITIONS)
    (before / "tables").mkdir(parents=True)
    other = tmp_path / "another-cluster"
    other.mkdir()
    (before / NOTE).write_text("{}")
    after = folder_of(tmp_path, "cluster", 8)
    assert after != before and not before.exists() and other.exists()
    assert (after / NOTE).exists(), "more partitions change no offset that was finished"
