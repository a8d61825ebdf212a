"""Asks both replicas for all ads of a group, at fixed times, and remembers when each ad was shown last."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.tools.drills.withdrawals.target import Kind, Target, format_of, group_of

REPEATED: Final = 4
"""Every so many requests one is sent again under the id of an earlier one: a remembered answer must end, too."""

_DEADLINE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """An ad that a shopper may click."""

    user_id: str  # the shop's own
    product_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Which ads a request was answered with."""

    began_ms: float  # when it was sent, in milliseconds since 1970
    creative_ids: frozenset[str]


@dataclass(slots=True)
class Replica:
    """What one replica answered about a group."""

    stub: CreativeServiceStub
    answers: list[Answer] = field(default_factory=list)
    served: set[str] = field(default_factory=set)  # ads that were shown in their campaign, or need none
    lost: Counter[str] = field(default_factory=Counter)  # requests without an answer, by status
    tickets: list[Ticket] = field(default_factory=list)  # of the ad whose click budget is spent


class Watch:
    """The answers about one group; belongs to one event loop."""

    def __init__(self, group: int, stubs: list[CreativeServiceStub], per_s: float) -> None:
        """Asks each replica `per_s` times a second."""
        self.targets = group_of(group)
        self.replicas = [Replica(stub) for stub in stubs]
        self._format = format_of(group)
        self._every_s = 1.0 / per_s
        self._again = uuid.uuid4().hex
        self._clicked = Target(Kind.CLICKS, group).creative_id
        self._ending = asyncio.Event()

    async def ask(self) -> None:
        """Sends requests until `end`, whether the earlier ones were answered or not."""
        under_way, began, number = set[asyncio.Task[None]](), time.monotonic(), 0
        while not self._ending.is_set():
            await asyncio.sleep(max(began + number * self._every_s - time.monotonic(), 0.0))
            for replica in self.replicas:
                task = asyncio.create_task(self._one(replica, number % REPEATED == REPEATED - 1))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            number += 1
        await asyncio.gather(*under_way)

    def end(self) -> None:
        """Ends `ask`."""
        self._ending.set()

    def all_shown(self) -> bool:
        """Whether each replica has shown each ad in its campaign: it shows all before it has read of campaigns."""
        return all(len(one.served) == len(self.targets) for one in self.replicas)

    def silent_s(self) -> float:
        """For how long the replicas have answered without any ad of the group, the shorter of them."""
        return min(map(_silent_s, self.replicas))

    async def _one(self, replica: Replica, repeated: bool) -> None:
        user_id = self._again if repeated else uuid.uuid4().hex
        placement = pb.Placement(placement_id="top", format=self._format, count=len(self.targets) + 1)  # and the house
        request_id = self._again if repeated else ""
        request = pb.SelectCreativesRequest(request_id=request_id, user_id=user_id, placements=[placement])
        began_ms = time.time() * 1000
        try:
            answer = await replica.stub.SelectCreatives(request, timeout=_DEADLINE_S)
        except grpc.aio.AioRpcError as error:
            replica.lost[error.code().name] += 1
            return
        if any("deadline" in chosen.degraded for chosen in answer.selections):
            replica.lost["no time to choose"] += 1  # what it does not show, it might have shown
            return
        shown = [chosen for chosen in answer.selections if chosen.product_id]  # without the house
        replica.answers.append(Answer(began_ms, frozenset(chosen.creative_id for chosen in shown)))
        expected = {target.creative_id: target.campaign_id for target in self.targets}
        inside = [chosen for chosen in shown if chosen.campaign_id == expected.get(chosen.creative_id)]
        replica.served.update(chosen.creative_id for chosen in inside)
        if not repeated:
            clicked = (chosen for chosen in inside if chosen.creative_id == self._clicked)
            replica.tickets += [Ticket(user_id, chosen.product_id, chosen.impression_token) for chosen in clicked]


def _silent_s(replica: Replica) -> float:
    shown = (answer.began_ms for answer in replica.answers if answer.creative_ids)
    return (max(answer.began_ms for answer in replica.answers) - max(shown)) / 1000
