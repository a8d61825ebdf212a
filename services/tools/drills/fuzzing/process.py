"""Fuzzes one target in a process of its own: `python -m services.tools.drills.fuzzing.process TARGET FOLDER ...`.

The report is a file that is written again every second. After a crash or hang it shows how many inputs were tried, and
the file `current` beside it holds the last input.
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
from services.tools.drills.fuzzing.findings import FOUND
from services.tools.drills.fuzzing.judge import Judge
from services.tools.drills.fuzzing.mutate import mutated
from services.tools.drills.fuzzing.report import Report, Timer, write_report
from services.tools.drills.fuzzing.target import Target
from services.tools.drills.fuzzing.targets import TARGETS

HUNG_S: Final = 300
"""Wall-clock limit: on a busy machine a process of lowest priority may run for only one second in a minute."""

_MEMORY_BYTES: Final = 12 << 30
_CORPUS: Final = 400  # most inputs that are mutated further, the valid ones included
_LONGEST_KEPT_BYTES: Final = 20_000  # longest input that joins the corpus, because most inputs must be fast
_UNLIMITED: Final = 1 << 40


def main() -> int:
    """Fuzzes until a limit is reached or a signal comes; returns 0 also with findings, which are in the report."""
    given = _arguments()
    given.folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)  # the product's log lines about refused inputs
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    faulthandler.enable()
    target = TARGETS[given.target](given.folder)
    run = Run(given.target, target, given.folder, Timer(given.seconds, given.inputs or _UNLIMITED))
    signal.signal(signal.SIGINT, lambda *_: run.timer.stop())
    signal.signal(signal.SIGTERM, lambda *_: run.timer.stop())
    gc.freeze()  # what was imported is no garbage
    run.fuzz(given.seed)
    run.report()
    target.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("folder", type=Path, help="for the report and for findings")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--inputs", type=int, default=0, help="end after so many; 0: when the time is over")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Run:
    """The run of one target."""

    def __init__(self, key: str, target: Target, folder: Path, timer: Timer) -> None:
        self.timer = timer
        self._key = key
        self._target = target
        self._folder = folder
        self._judge = Judge(target, folder / "current")
        self._reported_at = 0.0

    def fuzz(self, seed: int) -> None:
        """Runs past findings and valid inputs, then mutations of them; an input with a new answer is mutated further.

        Returns when the timer says so.
        """
        chance = Random(f"{self._target.name}/{seed}")
        corpus = list(self._target.seeds)
        for case in (*(found.case for found in FOUND if found.target == self._key), *corpus):
            self._look(case)
        while not self.timer.over(self._judge.inputs):
            case = mutated(chance.choice(corpus), self._target, chance)
            if self._look(case) and len(pack(case)) < _LONGEST_KEPT_BYTES:
                corpus.append(case)
                if len(corpus) > _CORPUS:
                    del corpus[chance.randrange(len(self._target.seeds), len(corpus))]

    def _look(self, case: tuple[bytes, ...]) -> bool:
        now = time.monotonic()
        if now - self._reported_at > 1.0:
            self._reported_at = now
            faulthandler.dump_traceback_later(HUNG_S, exit=True)
            self.report()
        return self._judge.look(case)

    def report(self) -> None:
        """Writes the report, and each finding with its bytes."""
        write_report(self._folder, Report.of(self._judge, self.timer.seconds()), self._judge.findings.values())


if __name__ == "__main__":
    sys.exit(main())
