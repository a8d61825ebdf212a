"""`adloom run` on real parts; a separate Kafka client counts the same figures again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from services.tools.stack.session import RunningStack
from tests.e2e.conftest import Outside
from tests.waiting import wait_for

KEYS = [
    "seconds", "events", "events_per_s", "decisions", "decisions_per_s", "decision_p50_ms", "decision_p99_ms",
    "click_to_feature_p50_ms", "click_to_feature_p99_ms", "degraded", "failed", "deadletters", "policies",
    "comparisons",
]  # fmt: skip
SECONDS = 6
GENTLE = ("--events-per-s", "40", "--decisions-per-s", "15", "--shoppers", "300")


def run(stack: RunningStack, *arguments: str) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).parent / "adloom"), "run", *GENTLE, *arguments]
    environ = {**os.environ, **stack.environ()}
    return subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def simulators(stack: RunningStack) -> list[int]:
    """Simulators of this stack that are alive."""

    def is_ours(process: psutil.Process) -> bool:
        try:
            return (
                "services.simulator.main" in process.cmdline()
                and process.status() != psutil.STATUS_ZOMBIE
                and process.environ().get("ADLOOM_HOME") == str(stack.state_dir.folder)
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    return [process.pid for process in psutil.process_iter() if is_ours(process)]


def counted(outside: Outside) -> dict[str, int]:
    return {topic: len(outside.records(topic)) for topic in ("ad.views", "ad.clicks", "ad.orders", "ad.impressions")}


def shopping(stack: RunningStack, process: subprocess.Popen[str]) -> Callable[[], bool]:
    """Whether shoppers are there; fails where the run ended first."""

    def look() -> bool:
        assert process.poll() is None, process.communicate()
        return bool(simulators(stack))

    return look


def test_counts_equal_a_recount_and_nothing_is_left_running(stack: RunningStack, outside: Outside) -> None:
    before = counted(outside)
    process = run(stack, "--duration", str(SECONDS), "--seed", "3")
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    said = json.loads(out.strip().splitlines()[-1])
    assert list(said) == KEYS
    new = {topic: count - before[topic] for topic, count in counted(outside).items()}
    assert said["events"] == new["ad.views"] + new["ad.clicks"] + new["ad.orders"] > 100
    assert said["decisions"] == new["ad.impressions"] > 30
    assert said["seconds"] == pytest.approx(SECONDS, abs=5)
    assert 0 < said["decision_p50_ms"] <= said["decision_p99_ms"]
    assert 0 < said["click_to_feature_p50_ms"] <= said["click_to_feature_p99_ms"]
    assert {line["policy"] for line in said["policies"]} <= {"uniform", "thompson"}
    assert "attribution windows" in err
    assert simulators(stack) == []
    assert outside.adloom("status")  # a stack that was up before stays up


def test_ctrl_c_ends_a_run_in_order(stack: RunningStack) -> None:
    process = run(stack)
    wait_for("shoppers", shopping(stack, process), within_s=60)
    time.sleep(2)
    process.send_signal(signal.SIGINT)  # no more traffic
    wait_for("the shoppers' end", lambda: not simulators(stack), within_s=60)
    time.sleep(1)
    process.send_signal(signal.SIGINT)  # no more waiting for windows
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert list(json.loads(out.strip().splitlines()[-1])) == KEYS


def test_a_killed_run_ends_its_simulator(stack: RunningStack) -> None:
    process = run(stack)
    wait_for("shoppers", shopping(stack, process), within_s=60)
    process.kill()
    process.communicate(timeout=10)
    wait_for("the shoppers' end", lambda: not simulators(stack), within_s=60)


def test_a_run_without_answers_fails_in_one_sentence(stack: RunningStack) -> None:
    stack.stop("creative")
    try:
        process = run(stack, "--duration", "2")
        out, err = process.communicate(timeout=180)
    finally:
        stack.start("creative")
        wait_for("the creative-service", lambda: stack.status()["processes"]["creative"]["ready"], within_s=90)
    assert process.returncode == 1
    assert (
        err.strip().splitlines()[-1].startswith("adloom: creative is unavailable: no request was answered (UNAVAILABLE")
    )
    assert not out.strip().endswith("}")
