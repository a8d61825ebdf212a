"""A deployment of a drill's own: Kafka, Redis, and the two workers as processes that the drill starts itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.catalogue.catalogue import demo_catalogue
from services.common.secrets import load_or_make
from services.common.topics import PARTITIONS
from services.tools.drills.drill import Setting
from services.tools.drills.oracle.oracle import Expected, Rules, expected
from services.tools.drills.oracle.plain import plain, products_of
from services.tools.drills.oracle.whole_log import READ_BY, read_log, unread
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.drills.replaying.observed import Observed, observe
from services.tools.drills.traffic.traffic import Sent, Shape, Traffic
from services.tools.drills.waiting import seen_when
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.envelope import RawRecord

BURST = 30  # more events of one kind in one minute mark a script
LOOK_S = 1.0

DeploymentResult = tuple[list[RawRecord], Expected, Observed]
"""The log of a deployment, the expected results, and the observed ones."""


@dataclass(slots=True)
class Deployment:
    """A running deployment with its settings."""

    stack: RunningStack
    folder: Path
    environ: dict[str, str]
    window_ms: int
    report: Callable[[str], None]
    workers: list[OwnWorker] = field(default_factory=list)

    def worker(self, service: str, number: int = 0) -> OwnWorker:
        """Starts one more worker of a service."""
        made = OwnWorker(service, f"{service}-{number}", self.folder / f"{service}-{number}", self.environ)
        self.workers.append(made)
        made.start()
        return made

    def start_both(self) -> None:
        """Starts one worker of each service."""
        self.worker("profiles")
        self.worker("outcomes")

    def traffic(self, seed: int, shape: Shape, now: datetime) -> list[Sent]:
        """A shop's messages, with tokens signed by the keys of this deployment."""
        products = [product.product_id for product in demo_catalogue().products]
        return Traffic(seed, shape, load_or_make(self.stack.state_dir.secrets).token_keys, products, now).messages()

    def expected(self, log: Sequence[RawRecord]) -> Expected:
        """The oracle's results for the log."""
        keys = load_or_make(self.stack.state_dir.secrets).token_keys
        rules = Rules(self.window_ms, keys.secrets, products_of(demo_catalogue()), BURST, PARTITIONS)
        return expected((plain(raw) for raw in log), rules)

    def settled(self, count: int, within_s: float) -> DeploymentResult:
        """The result once at least `count` records are processed completely.

        Returns the incomplete result where the time is over or a worker has ended; raises `Unavailable` where nothing
        can be read.
        """

        def look() -> tuple[int, DeploymentResult]:
            behind = (
                self._unread()
            )  # read first: for example, a message that is not yet repartitioned is not in the log
            log = read_log(self.stack.kafka)
            wanted = self.expected(log)
            observed = observe(self.stack.kafka, self.stack.redis, [*wanted.profiles])
            return behind or self._unread(), (log, wanted, observed)

        def is_settled(found: tuple[int, DeploymentResult]) -> bool:
            behind, (log, wanted, observed) = found
            return not behind and len(log) >= count and not observed.missing(wanted)

        found = seen_when(lambda found: is_settled(found) or not self._all_run(), look, within_s, LOOK_S)
        if not is_settled(found):
            self._explain(found[0])
        return found[1]

    def _explain(self, behind: int) -> None:
        """Prints the state of the workers, to help to find out why processing is incomplete."""
        self.report(f"not settled in time: {behind} messages are unfinished")
        for worker in self.workers:
            self.report(f"{worker.instance} {'runs' if worker.runs() else 'has ended'}:\n{worker.log_tail()}")

    def _all_run(self) -> bool:
        return all(worker.runs() for worker in self.workers)

    def _unread(self) -> int:
        """Messages that the workers have not committed."""
        return sum(unread(self.stack.kafka, service) for service in READ_BY)


@contextmanager
def deployment(setting: Setting, name: str, window_s: float, parts: tuple[str, ...]) -> Iterator[Deployment]:
    """A deployment whose `parts` are up, without workers yet; it ends with the `with`."""
    settings = {"ADLOOM_ATTRIBUTION_WINDOW_S": f"{window_s}", "ADLOOM_BURST_PER_MINUTE": f"{BURST}"}
    environ = {**setting.environ, **settings}
    state_dir = StateDir(setting.folder / name).make()
    with tied_stack(state_dir, environ, parts) as stack:
        made = Deployment(
            stack,
            setting.folder / f"{name}-workers",
            {**environ, **stack.environ()},
            int(window_s * 1e3),
            setting.report,
        )
        with ended_after(made.workers):
            yield made
