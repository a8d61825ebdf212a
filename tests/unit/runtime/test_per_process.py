"""What must not be shared with a forked child is made anew by it."""

from __future__ import annotations

import os
import threading

from services.common.metrics import COUNTING
from services.runtime.per_process import PerProcess
from tests.forked import said_by_a_child


def test_a_process_has_one_and_its_child_and_grandchild_have_their_own() -> None:
    own = PerProcess(os.getpid)
    assert own.mine() == own.mine() == os.getpid()
    said = said_by_a_child(lambda: f"{own.mine()} {os.getpid()} {said_by_a_child(lambda: str(own.mine()))}").split()
    assert said[0] == said[1]
    assert len({*said, str(own.mine())}) == 3


def test_threads_share_one() -> None:
    own: PerProcess[object] = PerProcess(object)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(own.mine())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_no_child_is_forked_while_something_is_counted() -> None:
    with COUNTING:
        forking = threading.Thread(target=lambda: said.append(said_by_a_child(lambda: str(COUNTING.locked()))))
        said: list[str] = []
        forking.start()
        forking.join(0.2)
        assert not said
    forking.join()
    assert said == ["False"]
