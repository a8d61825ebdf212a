"""What is stored of a profile comes back, also what an earlier release stored; nothing else is taken for one."""

from __future__ import annotations

from datetime import UTC, datetime

import msgpack
import numpy as np
import pytest

from services.features.feast_library import Value
from services.features.feast_row import from_values, to_values
from services.features.profile import DECAYED, HALF_LIVES_S, INTEGERS, Interaction, Kind, Profile, apply_all, micros
from services.profiles.state import State, pack, unpack
from services.wire.faust.states.compression import squeezed, unsqueezed

NOW = micros(datetime(2026, 3, 1, tzinfo=UTC))
SUMS = len(HALF_LIVES_S) * len(DECAYED)


def bought(*currencies: str) -> Profile:
    orders = [Interaction(Kind.ORDER, "p", NOW, pieces=1, value_minor=1000, currency=name) for name in currencies]
    return apply_all(Profile(), orders, lambda _: None)


def values(integers: list[int], sums: int = SUMS) -> dict[str, Value]:
    made = to_values(Profile(), 5)
    del made["integers"].int64_list_val.val[:], made["decayed"].double_list_val.val[:]
    made["integers"].int64_list_val.val.extend(integers)
    made["decayed"].double_list_val.val.extend([0.5] * sums)
    return made


@pytest.mark.parametrize("currencies", [(), ("EUR",), ("JPY", "", "KWD", "EUR", "EUR")])
def test_a_row_and_a_state_give_back_the_money_of_each_currency(currencies: tuple[str, ...]) -> None:
    profile = bought(*currencies)
    found = from_values(to_values(profile, 7))
    again = unpack(pack(State(profile))).profile
    assert found is not None
    for read in (found[0], again):
        assert (read.integers, read.money) == (profile.integers, profile.money)
        assert np.array_equal(read.decayed, profile.decayed)
    assert profile.money == tuple(sorted((name, 1000 * currencies.count(name)) for name in set(currencies)))


def test_what_an_earlier_release_stored_is_read_and_its_unsorted_money_is_kept_apart() -> None:
    row = from_values(values(list(range(len(INTEGERS)))))
    assert row is not None
    assert (row[0].integers, row[0].money) == (tuple(range(len(INTEGERS))), ())
    fields = msgpack.unpackb(unsqueezed(pack(State(bought("EUR")))), strict_map_key=False)
    fields[1] = fields[1][: len(INTEGERS)]
    assert unpack(squeezed(msgpack.packb(fields))).profile.money == ()


@pytest.mark.parametrize(
    ("more", "sums"),
    [([1], SUMS), ([-1, 5], SUMS), ([0x455552, 5, 3], SUMS), ([0x657572, 5], SUMS), ([2**40, 5], SUMS), ([], 3)],
)
def test_integers_that_are_no_money_make_no_profile(more: list[int], sums: int) -> None:
    assert from_values(values([0] * len(INTEGERS) + more, sums)) is None


def test_a_row_with_too_few_integers_is_no_profile() -> None:
    assert from_values(values([0] * (len(INTEGERS) - 1))) is None
