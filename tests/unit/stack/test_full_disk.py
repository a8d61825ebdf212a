"""What the supervisor does where nothing can be written: go on, say so, write when it can, and end when told to."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from services.common.errors import Misconfigured, Unavailable
from services.common.secrets import load_pseudonym_key
from services.tools.stack import control, session
from services.tools.stack.addresses import remembered
from services.tools.stack.state_dir import StateDir
from tests.unit.runtime.test_whole_file import no_file_larger_than
from tests.unit.stack.test_supervisor import program, until, up

FULL = os.strerror(errno.ENOSPC)
SILENT = """
import socket, sys, time
from pathlib import Path
from services.tools.stack import control
from services.tools.stack.state_dir import StateDir
state_dir = StateDir(Path(sys.argv[1]))
with control.sole_supervisor(state_dir), socket.socket(socket.AF_UNIX) as listener:
    with control.short_path(state_dir.run, "control.sock") as path:
        listener.bind(path)
    listener.listen()
    print("here", flush=True)
    time.sleep(600)
"""


def no_room() -> None:
    raise OSError(errno.ENOSPC, FULL, "/srv/some.conf")


@pytest.mark.asyncio
async def test_a_state_that_cannot_be_written_is_named_and_written_when_there_is_room(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "worker")) as supervisor:
        state, away = supervisor.runners["worker"].state, state_dir.run.with_name("away")
        assert state.pid is not None
        state_dir.run.rename(away)
        os.kill(state.pid, signal.SIGKILL)
        await until(lambda: state.restarts == 1 and state.ready)
        assert list(supervisor.facts()["unwritten"]) == [str(state_dir.state)]
        away.rename(state_dir.run)
        await until(lambda: supervisor.facts()["unwritten"] == {})
        written = json.loads(state_dir.state.read_text())
        assert (written["processes"]["worker"]["restarts"], written["unwritten"]) == (1, {})


@pytest.mark.asyncio
async def test_down_ends_everything_where_nothing_can_be_written(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "first"), program(state_dir, "second")) as supervisor:
        state_dir.run.rename(state_dir.run.with_name("away"))
        supervisor.ending.set()
    assert supervisor.phase == "down"


@pytest.mark.asyncio
async def test_a_program_that_cannot_be_prepared_is_tried_again_until_it_can(state_dir: StateDir) -> None:
    room = [True]
    worker = replace(program(state_dir, "worker"), prepare=lambda: None if room[0] else no_room())
    async with up(state_dir, worker) as supervisor:
        state = supervisor.runners["worker"].state
        assert state.pid is not None
        room[0] = False
        os.kill(state.pid, signal.SIGKILL)
        await until(lambda: state.restarts >= 3)
        assert state.last_exit == f"no start, /srv/some.conf: {FULL}"
        assert FULL in state.waiting_for
        room[0] = True
        await until(lambda: state.ready)


@pytest.mark.asyncio
async def test_a_program_that_cannot_be_prepared_keeps_a_stack_from_coming_up_by_one_sentence(
    state_dir: StateDir,
) -> None:
    with pytest.raises(Unavailable, match=f"worker is unavailable: it ended .no start, /srv/some.conf: {FULL}"):
        async with up(state_dir, replace(program(state_dir, "worker"), prepare=no_room)):
            pass


@pytest.mark.asyncio
async def test_a_log_that_cannot_be_opened_is_named_and_the_program_runs_without(state_dir: StateDir) -> None:
    state_dir.logs.rmdir()
    state_dir.logs.touch()
    async with up(state_dir, program(state_dir, "worker")) as supervisor:
        assert supervisor.facts()["processes"]["worker"]["ready"]
        assert str(state_dir.log("worker")) in supervisor.facts()["unwritten"]


def test_the_kernel_says_who_supervises_a_home(state_dir: StateDir) -> None:
    assert control.holder(state_dir) is None
    with control.sole_supervisor(state_dir):
        assert control.holder(state_dir) == os.getpid()


def test_down_ends_a_supervisor_that_takes_no_orders(state_dir: StateDir) -> None:
    with subprocess.Popen([sys.executable, "-c", SILENT, str(state_dir.folder)], stdout=subprocess.PIPE) as silent:
        assert silent.stdout is not None and silent.stdout.readline() == b"here\n"
        assert session.end(state_dir)
        assert silent.wait() == -signal.SIGKILL


@pytest.mark.parametrize("content", ["", "{", "[]", '{"kafka": "x"}', "\0" * 10])
def test_files_that_were_half_written_are_as_if_they_were_not_there(state_dir: StateDir, content: str) -> None:
    state_dir.state.write_text(content)
    state_dir.ports.write_text(content)
    assert control.read_state(state_dir) in ({}, {"kafka": "x"})
    assert remembered(state_dir.ports) == {}


def test_a_home_without_its_folders_is_refused_by_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="disk is unavailable: .*supervisor.lock cannot be written"):  # noqa: SIM117
        with control.sole_supervisor(StateDir(tmp_path / "nowhere")):
            pass


def test_a_secret_that_finds_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="pseudonym.json cannot be read or made"), no_file_larger_than(10):
        load_pseudonym_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
