import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.common.clock import FixedClock
from services.common.errors import Misconfigured
from services.features.memory_store import MemoryStore
from services.features.ports import ProfileRow
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.stack.command_features import facts_of, wanted

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
    assert len(known["interest_24h"]) == 16
    assert (unknown["default"], unknown["last_event_at"], unknown["freshness_ms"]) == (True, None, None)
    assert json.loads(json.dumps(known)) == known


def test_users_come_from_arguments_and_file_in_order(tmp_path: Path) -> None:
    listed = tmp_path / "users"
    listed.write_text(f"{NOBODY}\n")
    assert wanted([USER], listed) == [USER, NOBODY]


@pytest.mark.parametrize("names", [[], ["alice@example.org"]])
def test_a_call_that_names_nobody_or_a_raw_id_is_refused(names: list[str]) -> None:
    with pytest.raises(Misconfigured, match="pseudonym"):
        wanted(names, None)


def test_a_missing_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        wanted([], tmp_path / "none")
