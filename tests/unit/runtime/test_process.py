"""A process ends with a status that says whose mistake it was."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.common.errors import Bug, Misconfigured, Unavailable
from services.common.settings import read
from services.runtime.health import Readiness
from services.runtime.process import BUG, run_process


@dataclass(frozen=True, slots=True)
class Some:
    """Settings of a process."""

    health_port: int = 0
    health_host: str = "127.0.0.1"
    number: int = 1


@dataclass(frozen=True, slots=True)
class Keeping(Some):
    """Settings of a process with files."""

    data_dir: Path = Path("data")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    hook, level = threading.excepthook, logging.getLogger("kafka").level
    yield
    threading.excepthook = hook
    logging.getLogger("kafka").setLevel(level)


def test_one_that_was_told_to_leave_ends_well_and_was_given_its_settings() -> None:
    seen: list[int] = []
    serve = lambda settings, ready: seen.append(settings.number)  # noqa: E731
    assert run_process("some", lambda: read(Some, {"ADLOOM_NUMBER": "7"}), serve) == 0
    assert seen == [7]


@pytest.mark.parametrize(("error", "status"), [(Misconfigured("no such port."), 2), (Unavailable("kafka", "away"), 1)])
def test_an_error_of_the_house_is_one_sentence_and_a_status(
    error: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(settings: Some, ready: Readiness) -> None:
        raise error

    assert run_process("some", Some, serve) == status
    assert capsys.readouterr().err.splitlines()[-1] == f"adloom some: {error}"


def test_a_wrong_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_process("some", lambda: read(Some, {"ADLOOM_NUMBER": "many"}), lambda settings, ready: None) == 2
    assert "ADLOOM_NUMBER" in capsys.readouterr().err


def test_a_health_port_that_somebody_has_is_a_wrong_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = lambda: read(Some, {"ADLOOM_HEALTH_PORT": str(port)})  # noqa: E731
        assert run_process("some", settings, lambda settings, ready: None) == 2
    assert f"ADLOOM_HEALTH_PORT: {port} at 127.0.0.1" in capsys.readouterr().err


def test_a_bug_is_raised_with_its_traceback() -> None:
    def serve(settings: Some, ready: Readiness) -> None:
        raise Bug("a state that no release wrote")

    with pytest.raises(Bug):
        run_process("some", Some, serve)


@pytest.mark.parametrize("work", ["blocking(number)", "asyncio.run(on_a_loop(number))"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_it_to_leave(work: str, number: signal.Signals) -> None:
    program = (
        "import asyncio, os, sys\n"
        "from tests.unit.runtime.test_process import Some\n"
        "from services.runtime.process import asked_loop_to_leave, asked_to_leave, run_process\n"
        "def blocking(number):\n"
        "    asked = asked_to_leave()\n"
        "    os.kill(os.getpid(), number)\n"
        "    assert asked.wait(50)\n"
        "async def on_a_loop(number):\n"
        "    asked = asked_loop_to_leave()\n"
        "    os.kill(os.getpid(), number)\n"
        "    await asyncio.wait_for(asked.wait(), 50)\n"
        f"number = {int(number)}\n"
        f"sys.exit(run_process('some', Some, lambda settings, ready: {work}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=55, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name", ["creative", "evaluation", "events", "outcomes", "profiles", "simulator", "tools.stack"]
)
def test_ctrl_c_during_the_imports_ends_it_without_a_traceback(name: str, tmp_path: Path) -> None:
    # A finder in front of all others sends the signal when the first of our libraries is imported.
    (tmp_path / "sitecustomize.py").write_text(
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may ignore it\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'services.common':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", f"services.{name}.main"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=55, check=False)
    assert (done.returncode, done.stderr) == (130, f"adloom {name.rpartition('.')[2]}: interrupted\n")


def test_ctrl_c_before_it_serves_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> Some:
        raise KeyboardInterrupt

    assert run_process("some", interrupted, lambda *_: None) == 130
    assert capsys.readouterr().err == "adloom some: interrupted\n"


@pytest.mark.parametrize(("folder", "status"), [("data", 2), ("../data", 2), ("/srv/data", 0)])
def test_a_relative_path_in_a_deleted_folder_is_a_wrong_setting(
    folder: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    settings = lambda: read(Keeping, {"ADLOOM_DATA_DIR": folder})  # noqa: E731
    assert run_process("some", settings, lambda *_: None) == status
    wrong = f"adloom some: ADLOOM_DATA_DIR: {folder} where an absolute path was expected"
    assert (wrong in capsys.readouterr().err) == (status == 2)


def test_it_may_open_as_many_files_as_the_machine_allows() -> None:
    program = (
        "import resource\n"
        "from tests.unit.runtime.test_process import Some\n"
        "from services.runtime.process import run_process\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 4000))\n"
        "run_process('some', Some, lambda *_: print(resource.getrlimit(resource.RLIMIT_NOFILE)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=55, check=False)
    assert done.stdout == "(4000, 4000)\n", done.stderr


def test_a_bug_in_a_thread_ends_the_process() -> None:
    program = (
        "import threading, time\n"
        "from tests.unit.runtime.test_process import Some\n"
        "from services.runtime.process import run_process\n"
        "def serve(settings, ready):\n"
        "    threading.Thread(target=lambda: 1 / 0).start()\n"
        "    time.sleep(60)\n"
        "run_process('some', Some, serve)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=55, check=False)
    assert done.returncode == BUG and b"ZeroDivisionError" in done.stderr
