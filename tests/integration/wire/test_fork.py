"""A client that was made before a fork: everybody's events arrive once, whoever forked when, and the tallies are true.

Each case is a process of its own, as a server with pre-forked workers is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections import Counter

import pytest

from services.common.secrets import load_or_make
from services.common.topics import VIEWS
from services.tools.stack.session import RunningStack
from services.wire.kafka.reader import read_to_end

_BEGIN = """
import os, sys, threading
from protos.gen.adloom.events.v1.events_pb2 import View
from services.sdk.producer import Tally, connect

def publish(shop, who, count):
    for number in range(count):
        shop.publish(View(user_id="a", product_id="s"), source_of + f"{who}-{number}")

def child(who, after=lambda: os._exit(0)):
    pid = os.fork()
    if pid:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        return
    try:
        publish(shop, who, 45)
        assert shop.flush(60) == Tally(45, 0), shop.flush(0)
    except BaseException as error:
        print(who, repr(error), file=sys.stderr)
        os._exit(1)
    after()

source_of = sys.argv[1]
with connect(os.environ["KAFKA"], os.environ["SECRETS"]) as shop:
    publish(shop, "before", 3)
    assert shop.flush(60) == Tally(3, 0)
"""
_CASES = {
    "at rest": ("child('child')", {"child"}),
    "while a batch is under way": ("publish(shop, 'under', 45); child('child')", {"under", "child"}),
    "in a thread": ("t = threading.Thread(target=child, args=('child',)); t.start(); t.join()", {"child"}),
    "twice": ("child('child', lambda: (child('grandchild'), os._exit(0)))", {"child", "grandchild"}),
    "and the child leaves the block": ("child('child', lambda: sys.exit(0))", {"child"}),
    "and the child closes": ("child('child', lambda: (shop._sink.close(60), os._exit(0)))", {"child"}),
    "and the child does nothing": ("os.fork() or sys.exit(0); os.wait()", set()),
}


@pytest.mark.parametrize("case", _CASES)
def test_a_fork_loses_nothing_and_sends_nothing_twice(parts: RunningStack, case: str) -> None:
    load_or_make(parts.state_dir.secrets)
    body, senders = _CASES[case]
    mark = uuid.uuid4().hex
    script = f"{_BEGIN}    {body}\n    publish(shop, 'after', 45)\n    assert shop.flush(60).failed == 0\n"
    environ = {**os.environ, "KAFKA": parts.kafka, "SECRETS": str(parts.state_dir.secrets)}
    done = subprocess.run(
        [sys.executable, "-c", script, mark], env=environ, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    headers = [dict(raw.headers) for raw in read_to_end(parts.kafka, VIEWS)]
    ids = [(found.get("ce_id") or b"").decode("utf-8", "replace") for found in headers]
    arrived = Counter(event_id.removeprefix(mark).split("-")[0] for event_id in ids if event_id.startswith(mark))
    assert arrived == {"before": 3, "after": 45} | dict.fromkeys(senders, 45)
