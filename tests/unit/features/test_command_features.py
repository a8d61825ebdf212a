import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.catalogue.terms import DIMENSIONS
from services.cli.features import facts_of, wanted
from services.common.clock import FixedClock
from services.common.errors import Misconfigured
from services.features.memory_store import MemoryStore
from services.features.ports import ProfileRow
from services.features.profile import INTEGERS, Interaction, Kind, Profile, apply, micros

NOW = datetime(2026, 3, 1, tzinfo=UTC)
USER, NOBODY = "u1-" + "a" * 32, "u1-" + "b" * 32


def test_the_facts_carry_the_names_that_outsiders_rely_on() -> None:
    store = MemoryStore(FixedClock(NOW + timedelta(seconds=2)))
    profile = apply(Profile(), Interaction(Kind.CLICK, "p", micros(NOW)), lambda _: None)
    store.write([ProfileRow(USER, profile, micros(NOW), 0)])
    known, unknown = facts_of(store, [USER, NOBODY])
    assert list(known)[:7] == [
        *("user", "views_total", "clicks_total", "orders_total", "last_event_at", "freshness_ms", "default")
    ]
    assert (known["user"], known["clicks_total"], known["freshness_ms"], known["default"]) == (USER, 1, 2000, False)
    assert known["last_event_at"] == known["decayed_at"] == "2026-03-01T00:00:00Z"
    assert known["clicks_10m"] == 1.0
    assert len(known["interest_24h"]) == DIMENSIONS
    assert (unknown["default"], unknown["last_event_at"], unknown["freshness_ms"]) == (True, None, None)
    assert json.loads(json.dumps(known)) == known


@pytest.mark.parametrize(
    ("orders", "total", "by_currency"),
    [
        ([], 0, {}),
        ([("EUR", 1000), ("EUR", 500)], 1500, {"EUR": 1500}),
        ([("", 1000), ("", 5)], 1005, {"": 1005}),
        (
            [("JPY", 1000), ("KWD", 1000), ("USD", 1000), ("", 1000)],
            None,
            dict.fromkeys(("", "JPY", "KWD", "USD"), 1000),
        ),
        ([("EUR", 0), ("JPY", 7)], 7, {"JPY": 7}),
    ],
)
def test_money_is_shown_by_currency_and_summed_up_only_where_there_is_one(
    orders: list[tuple[str, int]], total: int | None, by_currency: dict[str, int]
) -> None:
    store, profile = MemoryStore(FixedClock(NOW)), Profile()
    for currency, value in orders:
        order = Interaction(Kind.ORDER, "p", micros(NOW), pieces=1, value_minor=value, currency=currency)
        profile = apply(profile, order, lambda _: None)
    store.write([ProfileRow(USER, profile, micros(NOW), 0)])
    (facts,) = facts_of(store, [USER])
    assert (facts["value_minor_total"], facts["value_minor_by_currency"]) == (total, by_currency)


def test_what_an_earlier_release_added_up_stays_a_group_of_its_own() -> None:
    store, before = MemoryStore(FixedClock(NOW)), list(Profile().integers)
    before[INTEGERS.index("value_minor_unknown")] = 4000
    order = Interaction(Kind.ORDER, "p", micros(NOW), value_minor=5, currency="EUR")
    store.write([ProfileRow(USER, apply(Profile(tuple(before)), order, lambda _: None), micros(NOW), 0)])
    (facts,) = facts_of(store, [USER])
    assert (facts["value_minor_total"], facts["value_minor_by_currency"]) == (None, {"EUR": 5, "unknown": 4000})


def test_a_sum_whose_currencies_were_not_kept_is_no_total() -> None:
    store, before = MemoryStore(FixedClock(NOW)), list(Profile().integers)
    before[INTEGERS.index("value_minor_unknown")] = 2000
    store.write([ProfileRow(USER, Profile(tuple(before)), micros(NOW), 0)])
    (facts,) = facts_of(store, [USER])
    assert (facts["value_minor_total"], facts["value_minor_by_currency"]) == (None, {"unknown": 2000})


def test_users_come_from_arguments_and_file_in_order(tmp_path: Path) -> None:
    listed = tmp_path / "users"
    listed.write_text(f"{NOBODY}\n")
    assert wanted([USER], listed) == [USER, NOBODY]


@pytest.mark.parametrize("names", [[], ["alice@example.org"]])
def test_a_call_that_names_nobody_or_a_raw_id_is_refused(names: list[str]) -> None:
    with pytest.raises(Misconfigured, match="pseudonym"):
        wanted(names, None)


def test_a_missing_file_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        wanted([], tmp_path / "none")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    users = tmp_path / "users.txt"
    users.write_bytes(b"u1-00\n\xff\xfe\n")
    with pytest.raises(Misconfigured, match=r"users\.txt: byte 6 is no UTF-8"):
        wanted([], users)
