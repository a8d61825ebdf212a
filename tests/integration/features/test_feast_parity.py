"""Our direct use of Feast's provider reads the same as Feast's `get_online_features`, and stays fast."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.features.feast_async_reader import FeastAsyncReader
from services.features.feast_library import definitions, feast, repo_config
from services.features.feast_reader import FeastReader
from services.features.feast_writer import FeastWriter
from services.features.ports import ProfileRow, Reading
from services.features.profile import (
    DECAYED,
    HALF_LIVES_S,
    INTEGERS,
    Interaction,
    Kind,
    Profile,
    apply,
    micros,
    stored_integers,
)
from services.tools.stack.session import RunningStack
from services.tools.stack.state_dir import ROOT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHAPE = (len(HALF_LIVES_S), len(DECAYED))


@pytest.fixture
def own(parts: RunningStack, tmp_path: Path) -> feast.FeatureStore:
    """Feast's own client, with the definitions applied to a registry of the test's own."""
    store = feast.FeatureStore(config=repo_config(parts.redis, tmp_path))
    store.apply(list(definitions.DEFINITIONS))
    return store


def written(parts: RunningStack, events: int) -> ProfileRow:
    profile = Profile()
    for number in range(events):
        event = Interaction(Kind(number % 3), "p", micros(NOW + timedelta(minutes=7 * number)))
        profile = apply(profile, event, lambda _: None)
    row = ProfileRow(f"u1-{uuid.uuid4().hex}", profile, micros(NOW), 0)
    FeastWriter(parts.redis).write([row])
    return row


def reading(parts: RunningStack, user: str) -> Reading:
    """By the blocking reader, once the one that requests wait for has read the same."""
    blocking = FeastReader(parts.redis, timeout_s=5.0)
    found = blocking.read([user])[user]

    async def on_the_loop() -> Reading:
        reader = FeastAsyncReader(parts.redis, blocking.default_of, answer_s=5.0)
        try:
            return await reader.read(user, "new_unknown", 5.0)
        finally:
            reader.close()

    same = asyncio.run(on_the_loop())
    assert (same.default, same.profile.integers) == (found.default, found.profile.integers)
    assert np.array_equal(same.profile.decayed, found.profile.decayed)
    return found


@pytest.mark.parametrize("events", [1, 7, 60])
def test_feast_itself_reads_what_we_wrote(own: feast.FeatureStore, parts: RunningStack, events: int) -> None:
    row = written(parts, events)
    service = own.get_feature_service("ctr_v2")
    read = own.get_online_features(service, [{"user_id": row.user_id}]).to_dict()
    ours = reading(parts, row.user_id).profile
    assert tuple(read["integers"][0]) == stored_integers(row.profile) == stored_integers(ours)
    assert np.array_equal(np.array(read["decayed"][0]).reshape(SHAPE), ours.decayed)
    assert read["appended_us"][0] == row.appended_us


def pushed(own: feast.FeatureStore, integers: list[int], decayed: list[float]) -> str:
    user = f"u1-{uuid.uuid4().hex}"
    row = {"user_id": [user], "integers": [integers], "decayed": [decayed], "appended_us": [5]}
    own.push("profile_2_push", pd.DataFrame({**row, "event_timestamp": [NOW]}))
    return user


def test_we_read_what_feast_itself_pushed(own: feast.FeatureStore, parts: RunningStack) -> None:
    integers, decayed = list(range(len(INTEGERS))), np.arange(SHAPE[0] * SHAPE[1]) / 7
    ours = reading(parts, pushed(own, integers, decayed.tolist()))
    assert ours.profile.integers == tuple(integers)
    assert np.array_equal(ours.profile.decayed.ravel(), decayed)


def test_a_row_of_another_layout_reads_as_none(own: feast.FeatureStore, parts: RunningStack) -> None:
    assert reading(parts, pushed(own, [1, 2], [0.5])).default


def test_reads_do_not_grow_slower_with_every_call(parts: RunningStack) -> None:
    """Feast issue 6841: a cached list that is mutated made each call slower than the one before."""
    row, reader = written(parts, 3), FeastReader(parts.redis, timeout_s=5.0)

    def best_of(calls: int) -> float:
        seconds = []
        for _ in range(calls):
            started = time.perf_counter()
            reader.read([row.user_id])
            seconds.append(time.perf_counter() - started)
        return statistics.quantiles(seconds, n=10)[0]  # the fast ones: a busy machine slows the others

    first = best_of(300)
    best_of(2000)
    assert best_of(300) < 2 * first  # the flaw made it grow tenfold in so many calls


def test_operators_can_apply_what_the_processes_use(parts: RunningStack, tmp_path: Path) -> None:
    environ = {**os.environ, "ADLOOM_REDIS": parts.redis, "ADLOOM_HOME": str(tmp_path)}
    command = [str(Path(sys.executable).parent / "feast"), "-c", str(ROOT / "feature_repo"), "apply"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    applied = feast.FeatureStore(config=repo_config(parts.redis, tmp_path))
    assert {view.name for view in applied.list_feature_views()} == {view.name for view in definitions.VIEWS}
    assert {entity.name for entity in applied.list_entities()} >= {"user", "creative", "segment"}
    assert {service.name for service in applied.list_feature_services()} == {"ctr_v2"}
