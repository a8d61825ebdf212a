"""One door fuzzed in a process of its own: `python -m services.tools.drills.fuzzing.process DOOR FOLDER ...`.

The report is a file that is always there, once a second written anew: a process that crashes, is killed or hangs has
said how far it came, and `current` beside it holds the input that it did not come back from.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import logging
import resource
import signal
import sys
import time
from pathlib import Path
from random import Random
from typing import Final

from services.tools.drills.fuzzing.case import pack
from services.tools.drills.fuzzing.door import Target
from services.tools.drills.fuzzing.doors import DOORS
from services.tools.drills.fuzzing.findings import FOUND
from services.tools.drills.fuzzing.judge import Judge
from services.tools.drills.fuzzing.mutate import mutated
from services.tools.drills.fuzzing.report import Report, Timer, write_report

HUNG_S: Final = 300
"""On the clock on the wall: on a busy machine a process of lowest priority has one second in a minute for itself."""

_MEMORY_BYTES: Final = 12 << 30
_CORPUS: Final = 400  # inputs that are broken further, the right ones among them
_LONGEST_KEPT_BYTES: Final = 20_000  # of those that join it: most inputs must be quick
_ENOUGH: Final = 1 << 40


def main() -> int:
    """Fuzzes until told, or interrupted; 0 whatever was found: that is in the report."""
    given = _arguments()
    given.folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)  # the doors' own words on what they refuse
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    faulthandler.enable()
    door = DOORS[given.door](given.folder)
    run = Run(given.door, door, given.folder, Timer(given.seconds, given.inputs or _ENOUGH))
    signal.signal(signal.SIGINT, lambda *_: run.timer.stop())
    signal.signal(signal.SIGTERM, lambda *_: run.timer.stop())
    gc.freeze()  # what was imported is no garbage
    run.fuzz(given.seed)
    run.report()
    door.close()
    return 0


def _arguments() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("door", choices=DOORS)
    words.add_argument("folder", type=Path, help="for the report and for findings")
    words.add_argument("--seconds", type=float, default=600.0)
    words.add_argument("--inputs", type=int, default=0, help="end after so many; 0: when the time is over")
    words.add_argument("--seed", type=int, default=1)
    return words.parse_args()


class Run:
    """A door, its judge, and when to end."""

    def __init__(self, word: str, door: Target, folder: Path, timer: Timer) -> None:
        self.timer = timer
        self._word = word
        self._door = door
        self._folder = folder
        self._judge = Judge(door, folder / "current")
        self._reported_at = 0.0

    def fuzz(self, seed: int) -> None:
        """What was found before; right inputs, broken; and what was answered in a new way, broken further.

        Returns when the timer says that it is over.
        """
        chance = Random(f"{self._door.name}/{seed}")
        corpus = list(self._door.seeds)
        for case in (*(found.case for found in FOUND if found.door == self._word), *corpus):
            self._look(case)
        while not self.timer.over(self._judge.inputs):
            case = mutated(chance.choice(corpus), self._door, chance)
            if self._look(case) and len(pack(case)) < _LONGEST_KEPT_BYTES:
                corpus.append(case)
                if len(corpus) > _CORPUS:
                    del corpus[chance.randrange(len(self._door.seeds), len(corpus))]

    def _look(self, case: tuple[bytes, ...]) -> bool:
        now = time.monotonic()
        if now - self._reported_at > 1.0:
            self._reported_at = now
            faulthandler.dump_traceback_later(HUNG_S, exit=True)
            self.report()
        return self._judge.look(case)

    def report(self) -> None:
        """Writes how far it came, and each finding with its bytes."""
        write_report(self._folder, Report.of(self._judge, self.timer.seconds()), self._judge.findings.values())


if __name__ == "__main__":
    sys.exit(main())
