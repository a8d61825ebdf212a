"""A child process of `children.py`: makes one object, and calls it once a job until its parent closes the pipe.

`python -m services.runtime.child DESCRIPTOR`. So a child never outlives its parent, however that ends.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from services.common.errors import AdloomError, Bug

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Start:
    """What a child calls for the object that does its jobs."""

    function: str  # "services.studio.maker:maker_of"
    arguments: tuple[object, ...] = ()
    niceness: int = 10  # it has the processor when nobody else wants it: what is served comes first


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job."""

    value: object = None
    error: tuple[type[AdloomError], tuple[object, ...], dict[str, object]] | None = None

    def taken(self) -> Any:
        """The value; raises the error."""
        if self.error is None:
            return self.value
        kind, arguments, state = self.error
        error = kind.__new__(kind, *arguments)  # errors have constructors of their own, so they cannot be pickled
        error.__dict__.update(state)
        raise error


def answer_of(call: Callable[..., object], arguments: tuple[object, ...]) -> Answer:
    """Calls; what is no error of ours is logged and becomes a `Bug`."""
    try:
        return Answer(call(*arguments))
    except AdloomError as error:
        return Answer(error=(type(error), error.args, dict(error.__dict__)))
    except Exception as error:  # the parent cannot be sure to know its class
        _LOG.exception("A job ended by a bug")
        return Answer(error=(Bug, (repr(error),), {}))


def serve(pipe: Connection) -> None:
    """Does jobs until the parent is gone."""
    start: Start = pipe.recv()
    step_back(start.niceness)
    module, _, name = start.function.partition(":")
    made = answer_of(getattr(importlib.import_module(module), name), start.arguments)
    pipe.send(made if made.error else Answer())
    while made.error is None:
        pipe.send(answer_of(made.value, pipe.recv()))  # type: ignore[arg-type]  # `function` gives what can be called


def step_back(niceness: int) -> None:
    """Leaves the processor to others, also where Linux shares it out among sessions first (autogroups).

    There, niceness counts within a session alone: a child in its parent's session would use up the parent's share.
    """
    os.nice(niceness)
    with contextlib.suppress(OSError):  # this system has no autogroups
        Path("/proc/self/autogroup").write_text(str(niceness), "ascii")


def main(descriptor: int) -> int:
    """Returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends its children
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with contextlib.suppress(EOFError, OSError):
        serve(Connection(descriptor))
    return 0


if __name__ == "__main__":
    from services.runtime import child  # under its own name: what is pickled here is unpickled there

    sys.exit(child.main(int(sys.argv[1])))
