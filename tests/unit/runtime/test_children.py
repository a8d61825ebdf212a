"""Jobs in child processes: their answers and errors come back, and a child that is lost takes one job with it."""

from __future__ import annotations

import functools
import operator
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from services.common.errors import Bug, Rejected, Unavailable
from services.runtime.child import Start, answer_of
from services.runtime.children import Children
from tests.waiting import wait_for

LONG = 30.0


def applied(function: object, *arguments: object) -> object:
    """What children of these tests are: they call what they are given."""
    return function(*arguments)  # type: ignore[operator]


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    children = Children(1, Start("functools:partial", (applied,)))
    yield children
    children.close()


def test_a_job_gives_its_value_or_its_error(children: Children) -> None:
    assert children.call(operator.add, 2, 3, within_s=LONG) == 5
    with pytest.raises(Bug, match="ZeroDivisionError"):
        children.call(operator.truediv, 1, 0, within_s=LONG)


def test_an_error_of_ours_keeps_what_it_says() -> None:
    def refuse() -> None:
        raise Rejected("too_wide", "headline", "W" * 99, "a short one")

    with pytest.raises(Rejected, match="headline") as refused:
        answer_of(refuse, ()).taken()
    assert (refused.value.reason, refused.value.expected) == ("too_wide", "a short one")


def test_a_child_that_dies_or_hangs_is_replaced(children: Children) -> None:
    for job in (functools.partial(os._exit, 3), functools.partial(time.sleep, LONG)):
        with pytest.raises(Unavailable, match="child"):
            children.call(job, within_s=0.5)
    assert children.call(operator.add, 1, 1, within_s=LONG) == 2
    os.kill(children.pids()[0], signal.SIGKILL)  # while it has nothing to do
    wait_for("its end", lambda: children._all[0].process.poll() is not None)  # type: ignore[union-attr]
    assert children.call(operator.add, 1, 1, within_s=LONG) == 2


def test_what_a_child_cannot_be_started_with_is_said() -> None:
    children = Children(1, Start("services.composer.formats:checked", ("banner",)))
    with pytest.raises(Rejected, match="banner"):
        children.call(within_s=LONG)
    children.close()
    with pytest.raises(Unavailable):
        children.call(within_s=LONG)


PARENT = """
import operator, os, time
from services.runtime.child import Start
from services.runtime.children import Children
children = Children(1, Start("functools:partial", (operator.add,)))
children.call(1, 1, within_s=30)
print(children.pids()[0], flush=True)
time.sleep(60)
"""


def test_children_end_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    wait_for("the child's end", lambda: not os.path.exists(f"/proc/{child}") or _is_zombie(child))


def _is_zombie(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "Z"
