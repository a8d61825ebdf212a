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
from services.tools.drills.replaying.world import World, seen
from services.tools.drills.traffic.traffic import Sent, Shape, Traffic
from services.tools.drills.waiting import seen_when
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.envelope import RawRecord

BURST = 30  # events of one kind in one minute, beyond which they are a script's
LOOK_S = 1.0

Lived = tuple[list[RawRecord], Expected, World]
"""The log of a deployment, what must follow from it, and what did."""


@dataclass(slots=True)
class Deployment:
    """What runs, and what it was told."""

    stack: RunningStack
    folder: Path
    environ: dict[str, str]
    window_ms: int
    say: Callable[[str], None]
    workers: list[OwnWorker] = field(default_factory=list)

    def worker(self, room: str, number: int = 0) -> OwnWorker:
        """One more worker of a room, started."""
        made = OwnWorker(room, f"{room}-{number}", self.folder / f"{room}-{number}", self.environ)
        self.workers.append(made)
        made.start()
        return made

    def start_both(self) -> None:
        """One worker of each room."""
        self.worker("profiles")
        self.worker("outcomes")

    def traffic(self, seed: int, shape: Shape, now: datetime) -> list[Sent]:
        """What a shop sends, signed with the keys of this deployment."""
        products = [product.product_id for product in demo_catalogue().products]
        return Traffic(seed, shape, load_or_make(self.stack.state_dir.secrets).token_keys, products, now).messages()

    def expected(self, log: Sequence[RawRecord]) -> Expected:
        """What the oracle says must follow from the log."""
        keys = load_or_make(self.stack.state_dir.secrets).token_keys
        rules = Rules(self.window_ms, keys.secrets, products_of(demo_catalogue()), BURST, PARTITIONS)
        return expected((plain(raw) for raw in log), rules)

    def settled(self, count: int, within_s: float) -> Lived:
        """The log of at least `count` records, what must follow from it and what did, when that has come to an end.

        Where it does not come to that end in time, or a worker has ended, how far it has come; raises `Unavailable`
        where nothing can be read.
        """

        def look() -> tuple[int, Lived]:
            behind = self._unread()  # a message that is still to be moved, for one, is not in the log yet
            log = read_log(self.stack.kafka)
            told = self.expected(log)
            world = seen(self.stack.kafka, self.stack.redis, [*told.profiles])
            return behind or self._unread(), (log, told, world)

        def is_settled(found: tuple[int, Lived]) -> bool:
            behind, (log, told, world) = found
            return not behind and len(log) >= count and not world.missing(told)

        found = seen_when(lambda found: is_settled(found) or not self._all_run(), look, within_s, LOOK_S)
        if not is_settled(found):
            self._tell_how_it_stands(found[0])
        return found[1]

    def _tell_how_it_stands(self, behind: int) -> None:
        """For the person who has to find out why it did not come to its end."""
        self.say(f"not settled in time: {behind} messages are unfinished")
        for worker in self.workers:
            self.say(f"{worker.instance} {'runs' if worker.runs() else 'has ended'}:\n{worker.last_words()}")

    def _all_run(self) -> bool:
        return all(worker.runs() for worker in self.workers)

    def _unread(self) -> int:
        """Messages that the workers have not finished."""
        return sum(unread(self.stack.kafka, room) for room in READ_BY)


@contextmanager
def deployment(setting: Setting, name: str, window_s: float, parts: tuple[str, ...]) -> Iterator[Deployment]:
    """One whose `parts` are up, without workers yet; it ends with the `with`."""
    told = {"ADLOOM_ATTRIBUTION_WINDOW_S": f"{window_s}", "ADLOOM_BURST_PER_MINUTE": f"{BURST}"}
    environ = {**setting.environ, **told}
    state_dir = StateDir(setting.folder / name).make()
    with tied_stack(state_dir, environ, parts) as stack:
        made = Deployment(
            stack, setting.folder / f"{name}-workers", {**environ, **stack.environ()}, int(window_s * 1e3), setting.say
        )
        with ended_after(made.workers):
            yield made
