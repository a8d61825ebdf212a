"""A drill kills a process exactly where it wants to, and a deployment never notices that it could."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.runtime.fault_points import POINTS, VARIABLE, arm, disarm, is_armed, reached

WALK = """
from services.runtime.fault_points import reached
for step in range(5):
    print(step, flush=True)
    reached("profiles", "table.after")
"""


def walk(folder: Path | None) -> subprocess.CompletedProcess[str]:
    """A process that passes one place five times."""
    environ = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if folder is not None:
        environ[VARIABLE] = str(folder)
    return subprocess.run([sys.executable, "-c", WALK], env=environ, capture_output=True, text=True, check=False)


def test_a_process_dies_where_it_was_told_to_and_only_once(tmp_path: Path) -> None:
    arm(tmp_path, "profiles", "table.after", passes=2)
    arm(tmp_path, "profiles", "table.before")
    first, second = walk(tmp_path), walk(tmp_path)
    assert (first.returncode, first.stdout.split()) == (-signal.SIGKILL, ["0", "1", "2"])
    assert (second.returncode, second.stdout.split()) == (0, ["0", "1", "2", "3", "4"])
    assert not is_armed(tmp_path, "profiles", "table.after")
    assert disarm(tmp_path, "profiles", "table.before")


def test_without_the_setting_nothing_happens(tmp_path: Path) -> None:
    arm(tmp_path, "profiles", "table.after")
    assert walk(None).returncode == 0


def test_only_points_of_the_table_can_be_armed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"profiles has no fault point called 'store.before'"):
        arm(tmp_path, "profiles", "store.before")


def test_a_pass_costs_next_to_nothing_where_no_drill_runs() -> None:
    began = time.process_time()
    for _ in range(100_000):
        reached("profiles", "table.before")
    assert time.process_time() - began < 1.0  # tens of nanoseconds each, and a batch passes ten of them


def test_every_point_of_the_table_is_passed_by_somebody() -> None:
    root = Path(__file__).resolve().parents[3] / "services"
    passed = "".join(path.read_text() for room in ("wire", "evaluation") for path in (root / room).rglob("*.py"))
    assert all(f'"{point}")' in passed for points in POINTS.values() for point in points)
