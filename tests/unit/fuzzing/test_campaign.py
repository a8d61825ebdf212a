"""A campaign waits for a target that starts late on a busy machine, but not for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from services.tools.drills.fuzzing.campaign import _wait


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def test_waiting_ends_when_the_condition_holds_the_time_is_over_or_the_process_has_ended(
    sleeper: subprocess.Popen[bytes],
) -> None:
    answers = iter([False, True])
    began = time.monotonic()
    _wait(sleeper, lambda: next(answers), 60.0)
    assert next(answers, None) is None
    _wait(sleeper, lambda: False, 0.1)
    sleeper.kill()
    _wait(sleeper, lambda: False, 60.0)
    assert time.monotonic() - began < 50.0
