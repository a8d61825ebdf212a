"""The stage of the drill: real Kafka, Redis, Triton and outcomes, with two creative services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.tools.drills.drill import Setting
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.drills.waiting import until
from services.tools.stack.addresses import LOOPBACK, any_free_port
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir

PARTS: Final = ("topics", "redis", "models", "outcomes")
REPLICAS: Final = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """The running parts."""

    stack: RunningStack
    replicas: Sequence[OwnWorker]

    @property
    def addresses(self) -> list[str]:
        """Of the replicas, host:port."""
        return [replica.environ["ADLOOM_CREATIVE"] for replica in self.replicas]

    def await_ready(self, *replicas: OwnWorker) -> None:
        """Returns once they are ready; raises `Unavailable`."""
        for replica in replicas:
            until(f"{replica.instance} is ready", partial(_is_ready, replica))


def _is_ready(replica: OwnWorker) -> bool:
    return replica.runs() and replica.ready()


@contextmanager
def staged(setting: Setting) -> Iterator[Stage]:
    """Starts all parts; the replicas end with the `with`."""
    with tied_stack(StateDir(setting.folder / "state").make(), setting.environ, only=PARTS) as stack:
        common = {**setting.environ, **stack.environ()}
        replicas = [_replica(setting, number, common) for number in range(REPLICAS)]
        with ended_after(replicas):
            for replica in replicas:
                replica.start()
            stage = Stage(stack, replicas)
            stage.await_ready(*replicas)
            yield stage


def _replica(setting: Setting, number: int, environ: dict[str, str]) -> OwnWorker:
    name = f"creative-{number}"
    own = {"ADLOOM_CREATIVE": f"{LOOPBACK}:{any_free_port()}"}
    return OwnWorker("creative", name, setting.folder / name, {**environ, **own})
