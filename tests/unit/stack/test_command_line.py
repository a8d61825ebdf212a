"""What surrounds every command: words that are no text, signals at any moment, streams that are closed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.tools.stack.state_dir import ROOT

ENTRY = (sys.executable, "-I", "-S", str(ROOT / "services/cli/entry.py"))
IMPORTING = """
import sys
from services.cli.interrupts import Interrupts
Interrupts()
try:
    import slow
    import time
    time.sleep(10)
except KeyboardInterrupt:
    sys.stdout.write(f"{sys.modules['slow'].whole}")
"""
TELLING = """
try:
    Path("ads.jsonl").absolute()
except OSError as error:
    print(message_of(error))
"""


def adloom(*words: str | bytes, environ: dict[str, str | bytes] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ENTRY, *words], env={**os.environ, **(environ or {})}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("words", [("pseudonym", b"x\xff"), ("ask", "--user", b"\xc3"), (b"\xff",), (b"--\xfe",)])
def test_an_argument_that_is_no_text_ends_in_one_sentence(words: tuple[str | bytes, ...]) -> None:
    done = adloom(*words)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith(f"adloom: argument {len(words)}: b'")


def test_a_setting_that_is_no_text_ends_in_one_sentence_and_others_do_no_harm(tmp_path: Path) -> None:
    done = adloom("status", environ={"ADLOOM_KAFKA": b"\xff:9092"})
    assert (done.returncode, done.stderr[:28]) == (2, r"adloom: ADLOOM_KAFKA: b'\xff")
    done = adloom("pseudonym", "alice", environ={"HOME": b"/\xff", "ADLOOM_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_shell_says_to_another_python_is_not_heard(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise SystemExit('another one')")
    others: dict[str, str | bytes] = {"PYTHONHOME": "/nowhere", "PYTHONPATH": str(tmp_path), "PYTHONOPTIMIZE": "2"}
    done = adloom("pseudonym", "alice", environ={**others, "ADLOOM_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def until_the_entry_runs(pid: int) -> None:
    """Until its handlers are installed, which is its first line: before that, Ctrl-C is Python's own."""
    caught = 0
    while not caught >> (signal.SIGTERM - 1) & 1:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.1, 0.2, 0.4])
def test_a_signal_at_any_moment_ends_a_command_without_a_traceback(number: signal.Signals, after_s: float) -> None:
    with subprocess.Popen([*ENTRY, "bench", "nothing"], stderr=subprocess.PIPE, text=True) as command:
        until_the_entry_runs(command.pid)
        time.sleep(after_s)
        command.send_signal(number)
        _, said = command.communicate()
    assert "Traceback" not in said
    assert command.returncode in (128 + number, -number, 2), said  # 2: it was quicker


def test_a_signal_in_the_middle_of_an_import_is_heard_after_it(tmp_path: Path) -> None:
    raises = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(0.1)\nwhole = True\n"
    (tmp_path / "slow.py").write_text(raises)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run([sys.executable, "-c", IMPORTING], env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True", "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_harm_nothing(tmp_path: Path, closed: str) -> None:
    line = f'"$@" {closed}'
    environ = {**os.environ, "ADLOOM_HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", line, "sh", *ENTRY, "pseudonym", "alice"], env=environ, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    line = '"$@" | head -n 1'
    done = subprocess.run(["sh", "-c", line, "sh", *ENTRY, "--help"], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "to"),
    [("pseudonym alice", ">/dev/full"), ("pseudonym alice", ">/dev/full 2>&1"), ("--help", ">/dev/full")],
)
def test_output_that_cannot_be_written_is_one_sentence_and_a_failure(tmp_path: Path, words: str, to: str) -> None:
    line = f'"$@" {words} {to}'
    environ = {**os.environ, "ADLOOM_HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", line, "sh", *ENTRY], env=environ, capture_output=True, text=True, check=False)
    said = "adloom: a file cannot be written or read: No space left on device.\n"
    assert (done.returncode, done.stderr) == (1, "" if "2>" in to else said)


@pytest.mark.parametrize(("words", "home"), [("pseudonym alice", "here"), ("status", "./a/b"), ("up", "..")])
def test_a_relative_home_in_a_deleted_folder_is_one_sentence(tmp_path: Path, words: str, home: str) -> None:
    line = f'cd "$1" && rmdir "$1" && shift && "$@" {words}'
    (tmp_path / "gone").mkdir()
    environ = {**os.environ, "ADLOOM_HOME": home}
    done = subprocess.run(
        ["sh", "-c", line, "sh", str(tmp_path / "gone"), *ENTRY],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith(f"adloom: ADLOOM_HOME: {home} where an absolute path was expected")


def test_another_relative_path_in_a_deleted_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    line = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    words = (sys.executable, "-c", "from pathlib import Path; from services.cli.main import message_of\n" + TELLING)
    done = subprocess.run(
        ["sh", "-c", line, "sh", str(tmp_path / "gone"), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "the working directory was deleted: change to another one.\n")
