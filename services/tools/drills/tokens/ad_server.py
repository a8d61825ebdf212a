"""An ad server with its shoppers: sends requests at a given rate; the shoppers can click on the ads they are shown."""

from __future__ import annotations

import base64
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as creative
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1.events_pb2 import Click
from services.runtime.grpc_channel import open_channel
from services.sdk.producer import EventsClient

ANSWER_S = 10.0  # generous: a late answer on a busy machine is not a lost one
CALLERS = 4
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A creative that a shopper was shown."""

    user: str  # the shop's own id
    product_id: str
    impression_id: str
    token: str


@dataclass(slots=True)
class DrillAdServer:
    """Sends requests and collects the answers; shared by its threads."""

    address: str
    name: str
    per_s: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    requested: int = 0
    unanswered: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)

    def one(self, stub: CreativeServiceStub) -> Shown | None:
        """Requests one decision for a new shopper; None without an answer, or where it is the house creative.

        A click must name a product, and the house creative has none.
        """
        with self.lock:
            self.requested += 1
            user = f"{self.name}-{self.requested}"
        placement = creative.Placement(placement_id="front", format="300x250", count=1)
        request = creative.SelectCreativesRequest(user_id=user, placements=[placement])
        try:
            chosen = stub.SelectCreatives(request, timeout=ANSWER_S).selections[0]
        except grpc.RpcError as error:
            with self.lock:
                self.unanswered.append(str(error))
            return None
        if not chosen.product_id:
            return None
        seen = Shown(user, chosen.product_id, chosen.impression_id, chosen.impression_token)
        with self.lock:
            self.shown.append(seen)
        return seen

    def many(self, count: int) -> list[Shown]:
        """So many decisions with something to click on, one after another."""
        with open_channel(self.address) as channel:
            stub = CreativeServiceStub(channel)
            decisions = (self.one(stub) for _ in range(MOST_TRIES * count))
            return list(itertools.islice((seen for seen in decisions if seen is not None), count))

    def until(self, enough: Callable[[], bool], then: Callable[[Shown], None]) -> None:
        """Sends `per_s` requests a second from several threads until `enough()`; calls `then` with each decision."""
        threads = [threading.Thread(target=self._send_until, args=(enough, then), daemon=True) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send_until(self, enough: Callable[[], bool], then: Callable[[Shown], None]) -> None:
        with open_channel(self.address) as channel:
            stub = CreativeServiceStub(channel)
            while not enough():
                began = time.monotonic()
                seen = self.one(stub)
                if seen is not None:
                    then(seen)
                time.sleep(max(CALLERS / self.per_s - (time.monotonic() - began), 0.0))


def click(shop: EventsClient, seen: Shown, event_id: str = "") -> str:
    """Publishes the shopper's click; returns the event's id."""
    payload = Click(user_id=seen.user, product_id=seen.product_id, impression_token=seen.token)
    return shop.publish(payload, event_id)


def key_of(token: str) -> str:
    """The id of the key that signed the token."""
    head = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))[0])
