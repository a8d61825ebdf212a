"""The text of every mutation occurs in the product, so that a build without the defence can be made."""

from __future__ import annotations

import py_compile
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.tools.drills.drill import Drill, Mutation, Outcome, Promise
from services.tools.drills.mutate_build import take_out
from services.tools.drills.registry import chosen, drills, mutation_of
from services.tools.stack.state_dir import ROOT


@pytest.mark.parametrize("one", drills().values(), ids=lambda one: one.name)
def test_the_text_of_each_mutation_occurs_exactly_once(one: Drill) -> None:
    assert one.mutations, "a drill that cannot fail proves nothing"
    for mutation in one.mutations:
        assert (ROOT / mutation.path).read_text().count(mutation.old) == 1, mutation.name
        assert mutation.old != mutation.new
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", mutation.name), "to be typed behind --without"


def test_a_defence_is_taken_out_where_its_text_occurs_exactly_once(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("check()\nact()\n")
    take_out(Mutation("check", "a.py", "check()\n", ""), tmp_path)
    assert (tmp_path / "a.py").read_text() == "act()\n"
    with pytest.raises(Misconfigured, match="occurs 0 times in a.py"):
        take_out(Mutation("check", "a.py", "check()\n", ""), tmp_path)


def test_compiled_files_from_before_a_mutation_are_not_run(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("print('old')\n")
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    take_out(Mutation("word", "a.py", "old", "new"), tmp_path)
    command = [sys.executable, "-c", "import a"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "new\n"


def test_an_unknown_drill_or_defence_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(Misconfigured, match="all' was expected|all was expected"):
        chosen("nothing")
    nothing = Drill("nothing", "", lambda setting: Outcome((), ()), ())
    with pytest.raises(Misconfigured, match="--without"):
        mutation_of(nothing, "anything")


def test_an_outcome_without_promises_is_not_kept() -> None:
    assert not Outcome((), ()).kept
    assert Outcome((), (Promise("a", "b", True),)).kept
    assert not Outcome((), (Promise("a", "b", True), Promise("c", "d", False))).kept
