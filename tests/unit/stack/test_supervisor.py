"""The supervisor on tiny real programs: order, restarts, orders, and that nothing is left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from services.common.errors import Misconfigured, Unavailable
from services.tools.stack.addresses import SERVICES, Addresses
from services.tools.stack.backoff import PROMPT_S
from services.tools.stack.descendants import MARK, in_session, marked
from services.tools.stack.process_runner import ProcessRunner
from services.tools.stack.program import Probe, Program, State
from services.tools.stack.state_dir import StateDir
from services.tools.stack.supervisor import Supervisor
from services.tools.stack.table import with_needs

PATIENT = "import time; print('here', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); {PATIENT}"
ADDRESSES = Addresses(dict.fromkeys(SERVICES, "127.0.0.1:1"), frozenset())


def program(state_dir: StateDir, name: str, code: str = PATIENT, *needs: str) -> Program:
    """A Python program of one line."""
    environment = {**os.environ, MARK: state_dir.token}
    command = (sys.executable, "-c", code)
    return Program(
        name, command, state_dir.log(name), state_dir.data(name), environment, needs=needs, stop_within_s=0.5
    )


def waits_for(what: str) -> Probe:
    """The probe of a program that is never ready."""

    async def never() -> str:
        return what

    return never


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def up(state_dir: StateDir, *programs: Program) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(state_dir, ADDRESSES, programs)
    try:
        await supervisor.up()
        yield supervisor
    finally:
        await supervisor.down()
        assert marked(state_dir.token) == []


@pytest.mark.asyncio
async def test_a_program_is_started_when_what_it_needs_is_ready(state_dir: StateDir) -> None:
    asked: list[str] = []

    async def after_a_while() -> str:
        asked.append("first")
        return "" if len(asked) > 3 else "a while"

    first = replace(program(state_dir, "first"), probe=after_a_while)
    second = program(state_dir, "second", f"print('needs met'); {PATIENT}", "first")
    supervisor = Supervisor(state_dir, ADDRESSES, (second, first))
    bringing = asyncio.create_task(supervisor.up())
    await until(lambda: len(asked) == 2)
    assert supervisor.runners["second"].state.pid is None
    assert supervisor.runners["second"].state.waiting_for == "first"
    await bringing
    assert supervisor.facts()["processes"]["second"]["ready"]
    await supervisor.down()


@pytest.mark.asyncio
async def test_a_program_that_dies_is_started_again_and_counted(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "worker")) as supervisor:
        state = supervisor.runners["worker"].state
        before = state.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        await until(lambda: state.restarts == 1 and state.ready)
        assert state.pid != before
        assert state.last_exit == "SIGKILL"


@pytest.mark.asyncio
async def test_stop_waits_for_the_end_and_start_is_no_restart(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "worker")) as supervisor:
        runner = supervisor.order("stop", "worker")
        await runner.stop()
        assert (runner.state.pid, runner.state.ready, runner.state.stopped) == (None, False, True)
        runner.want()
        await until(lambda: runner.state.ready)
        assert runner.state.restarts == 0


@pytest.mark.asyncio
async def test_a_program_that_is_stopped_while_it_waits_does_not_start(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "first"), program(state_dir, "second", PATIENT, "first")) as supervisor:
        first, second = supervisor.runners["first"], supervisor.runners["second"]
        await first.stop()
        await second.stop()
        second.want()
        await until(lambda: second.state.waiting_for == "first")
        await second.stop()
        first.want()
        await until(lambda: first.state.ready)
        await asyncio.sleep(0.2)
        assert second.state.pid is None


@pytest.mark.asyncio
async def test_what_ignores_sigterm_is_killed_and_so_are_its_children(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "worker", PARENT)) as supervisor:
        runner = supervisor.runners["worker"]
        session = runner.state.pid
        assert session is not None
        await until(lambda: len(in_session(session)) == 2)
        await runner.stop()
        assert in_session(session) == []


@pytest.mark.asyncio
async def test_a_child_that_outlives_its_killed_parent_is_cleared_away_before_the_restart(state_dir: StateDir) -> None:
    async with up(state_dir, program(state_dir, "worker", PARENT)) as supervisor:
        state = supervisor.runners["worker"].state
        session = state.pid
        assert session is not None
        await until(lambda: len(in_session(session)) == 2)
        os.kill(session, signal.SIGKILL)
        await until(lambda: state.restarts == 1)
        assert in_session(session) == []


@pytest.mark.asyncio
async def test_a_step_runs_once_and_is_ready_when_it_succeeded(state_dir: StateDir) -> None:
    mark = state_dir.folder / "ran"
    code = f"open({str(mark)!r}, 'a').write('x')"
    step = replace(program(state_dir, "step", code), step=True)
    async with up(state_dir, step, program(state_dir, "worker", PATIENT, "step")) as supervisor:
        assert mark.read_text() == "x"
        assert supervisor.facts()["steps"]["step"]["ready"]


@pytest.mark.asyncio
async def test_a_program_that_keeps_dying_fails_the_start_with_its_last_words(state_dir: StateDir) -> None:
    broken = replace(
        program(state_dir, "broken", "print('no such model'); raise SystemExit(3)"), probe=waits_for("its first word")
    )
    with pytest.raises(Unavailable, match=r"broken is unavailable.*exit status 3.*no such model"):
        async with up(state_dir, broken):
            pytest.fail("it came up")


@pytest.mark.asyncio
async def test_a_program_that_was_told_something_wrong_is_not_asked_again(state_dir: StateDir) -> None:
    refuses = program(state_dir, "creative", "import sys; print('ADLOOM_X: wrong'); sys.exit(2)")
    with pytest.raises(Misconfigured, match="^creative: its log .* says: ADLOOM_X: wrong$"):
        async with up(state_dir, replace(refuses, probe=waits_for("start"))):
            pytest.fail("it came up")
    assert state_dir.log("creative").read_text().count("ADLOOM_X") == 1


@pytest.mark.asyncio
async def test_a_program_that_is_never_ready_fails_the_start_and_says_what_it_waits_for(state_dir: StateDir) -> None:
    slow = replace(program(state_dir, "slow"), probe=waits_for("godot"), ready_within_s=0.5)
    with pytest.raises(Unavailable, match="waits for godot"):
        async with up(state_dir, slow):
            pytest.fail("it came up")


@pytest.mark.asyncio
async def test_a_program_that_says_how_far_it_is_has_as_long_as_it_needs(state_dir: StateDir) -> None:
    steps = [f"{done} of 5 ads" for done in range(5)]

    async def ask() -> str:
        await asyncio.sleep(0.3)
        return steps.pop(0) if steps else ""

    patient = replace(program(state_dir, "studio", PATIENT), probe=ask, ready_within_s=1.0)
    async with up(state_dir, patient) as supervisor:
        assert supervisor.facts()["processes"]["studio"]["ready"]


def test_what_is_asked_for_by_name_comes_with_its_needs_and_what_goes_along(state_dir: StateDir) -> None:
    store, maker = program(state_dir, "store"), program(state_dir, "maker", PATIENT, "store")
    server, other = replace(program(state_dir, "server"), along=("maker",)), program(state_dir, "other")
    chosen = with_needs((store, server, maker, other), frozenset(("server",)))
    assert [one.name for one in chosen] == ["store", "server", "maker"]


@pytest.mark.asyncio
async def test_a_part_of_somebody_else_is_asked_and_never_started_or_stopped(state_dir: StateDir) -> None:
    async def there() -> str:
        return ""

    external = Program("kafka", (), state_dir.log("kafka"), state_dir.data("kafka"), probe=there)
    async with up(state_dir, external, program(state_dir, "worker", PATIENT, "kafka")) as supervisor:
        entry = supervisor.facts()["processes"]["kafka"]
        assert (entry["pid"], entry["ready"], entry["external"]) == (None, True, True)
        with pytest.raises(Misconfigured, match="ADLOOM_KAFKA=127.0.0.1:1"):
            supervisor.order("stop", "kafka")


@pytest.mark.asyncio
async def test_programs_end_before_those_that_they_need(state_dir: StateDir, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    farewell = f"signal.signal(signal.SIGTERM, lambda *_: (open({str(ends)!r}, 'a').write(NAME), sys.exit(0)))"
    code = f"import signal, sys, time; NAME = '%s'; {farewell}; print('here', flush=True); time.sleep(600)"

    def told(name: str) -> Callable[[], Awaitable[str]]:
        async def ask() -> str:
            return (
                "" if state_dir.log(name).exists() and "here" in state_dir.log(name).read_text() else "its first word"
            )

        return ask

    store = replace(program(state_dir, "s", code % "s"), probe=told("s"))
    reader = replace(program(state_dir, "r", code % "r", "s"), probe=told("r"))
    async with up(state_dir, store, reader):
        pass
    assert ends.read_text() == "rs"


@pytest.mark.asyncio
async def test_a_program_that_worked_is_back_at_once_however_often_it_is_killed(
    state_dir: StateDir, caplog: pytest.LogCaptureFixture
) -> None:
    async with up(state_dir, program(state_dir, "worker")) as supervisor:
        state = supervisor.runners["worker"].state
        for deaths in range(1, 6):
            assert state.pid is not None
            os.kill(state.pid, signal.SIGKILL)
            await until(partial(is_back, state, deaths))
    assert [record.args[2] for record in caplog.records if isinstance(record.args, tuple)] == [PROMPT_S] * 5


def is_back(state: State, deaths: int) -> bool:
    return state.restarts == deaths and state.ready


@pytest.mark.asyncio
async def test_a_program_that_dies_before_it_is_ready_waits_longer_every_time(state_dir: StateDir) -> None:
    broken = replace(program(state_dir, "broken", "raise SystemExit(3)"), probe=waits_for("its first word"))
    runner = ProcessRunner(broken, lambda: None)
    runner.want()
    life = asyncio.create_task(runner.live({}))
    await until(lambda: runner.state.restarts == 2)
    began = asyncio.get_running_loop().time()
    await until(lambda: runner.state.restarts == 3)
    assert (
        asyncio.get_running_loop().time() - began >= 1.0
    )  # half a second after the first, twice that after the second
    await runner.stop()
    life.cancel()
