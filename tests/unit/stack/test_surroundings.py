"""Names of folders, and what the caller's shell says, do not reach the parts that would trip over them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.tools.stack import bootstrap, table
from services.tools.stack.program import Program
from services.tools.stack.state_dir import LONGEST, StateDir, state_dir_of

ODD = "a b,é'\"$HOME:%41;#&\\n\n(x)"
SHELL = {
    "LC_ALL": "tr_TR.UTF-8",
    "_JAVA_OPTIONS": "-Duser.language=tr",
    "JAVA_TOOL_OPTIONS": "-Xmx1m",
    "PYTHONOPTIMIZE": "1",
    "PYTHONHOME": "/nowhere",
}


def programs(state_dir: StateDir) -> dict[str, Program]:
    found = table.programs(state_dir, table.addresses_of(state_dir, os.environ), {**os.environ, **SHELL}, frozenset())
    return {program.name: program for program in found}


def test_no_part_that_reads_paths_in_a_way_of_its_own_is_told_one(tmp_path: Path) -> None:
    state_dir = StateDir(tmp_path / ODD).make()
    for name in ("kafka-storage", "kafka", "redis", "triton"):
        program = programs(state_dir)[name]
        told = [word for word in program.command if ODD in word]
        assert told == [f"-Djava.io.tmpdir={state_dir.data('kafka') / 'native'}"] * (name in ("kafka-storage", "kafka"))
        program.folder.mkdir(parents=True, exist_ok=True)
        program.prepare()
        assert not [file for file in program.folder.glob("*.*") if ODD in file.read_text()]
    triton = programs(state_dir)["triton"].environment
    assert ODD not in triton["PATH"] + triton["LD_LIBRARY_PATH"]


def test_no_program_hears_what_a_shell_says_to_others(tmp_path: Path) -> None:
    for program in programs(StateDir(tmp_path / "home").make()).values():
        heard = {name: program.environment.get(name) for name in SHELL}
        assert heard == {**dict.fromkeys(SHELL), "LC_ALL": "C.UTF-8"}
        if program.name.startswith("kafka"):
            assert {"-Duser.language=en", "-Duser.country=US"} <= set(program.command)


def test_a_home_whose_path_is_too_long_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=f"ADLOOM_HOME: a path of {LONGEST + 1} bytes where at most {LONGEST}"):
        state_dir_of({"ADLOOM_HOME": "/" + "x" * LONGEST})


@pytest.mark.parametrize("odd", ["a:b", "a\nb", "a\tb", os.fsdecode(b"a\xff"), "x" * 400])
def test_a_checkout_that_no_environment_works_in_is_refused(odd: str) -> None:
    assert bootstrap.unfit(Path("/srv") / odd)


@pytest.mark.parametrize("odd", ["a b", "é", "'", '"', "$HOME", ",", "%41", "\\n", "#", ";", "b "])
def test_any_other_checkout_is_not(odd: str) -> None:
    assert bootstrap.unfit(Path("/srv") / odd) == ""


def test_the_command_starts_whatever_the_path_of_its_checkout_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    odd = tmp_path / "a b,é'\"$HOME%41;#&\\n(x) "
    (odd / "services/cli").mkdir(parents=True)
    (odd / "services/cli/entry.py").write_text("import sys\nsys.stdout.write(sys.argv[1])")
    (odd / ".venv" / "bin").mkdir(parents=True)
    (odd / ".venv" / "bin" / "python").symlink_to(os.path.realpath("/proc/self/exe"))
    monkeypatch.setattr(bootstrap, "ROOT", odd)
    monkeypatch.setattr(bootstrap, "VENV", odd / ".venv")
    bootstrap.write_launcher(odd / "adloom")
    assert subprocess.check_output([odd / "adloom", "$x 'y'"]) == b"$x 'y'"
