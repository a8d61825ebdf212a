"""Events a second that the worker `profiles` turns into profiles and Feast rows, compared with bare consumers.

The backlog is written first. Then each consumer in turn reads the same topic from its start, alone on the machine
except for the broker and Redis.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

from protos.gen.adloom.events.v1 import events_pb2
from services.catalogue.catalogue import demo_catalogue
from services.common.errors import Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.topics import VIEWS
from services.tools.bench.figures import Figure
from services.tools.bench.sizes import sizes
from services.tools.bench.stopwatch import WARM
from services.tools.stack.health_endpoint import HealthEndpoint, health_endpoint
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.kafka.producer import Producer, ProducerSettings

EVENTS = 40_000
USERS = 2_000
REFERENCES = {
    "bare Faust agent, one table update an event": ("references", ("faust",)),
    "bare aiokafka loop": ("references", ("aiokafka",)),
    "same profile function under Quix Streams, without Feast": ("quix_profiles", ()),
}
_WITHIN_S = 240.0


def stream(running: RunningStack) -> list[Figure]:
    """Events a second, and bytes per user in Redis and on disk; the stack must be fresh, with empty topics."""
    empty = sizes(running)
    running.stop("profiles")
    shoppers = Shoppers(running.kafka)
    shoppers.view(EVENTS, lambda _: shoppers.chance.randrange(USERS))
    with tempfile.TemporaryDirectory() as folder:
        bare = {
            name: reference(module, *arguments, running.kafka, VIEWS, str(EVENTS), f"{folder}/{module}")
            for name, (module, arguments) in REFERENCES.items()
        }
    running.start("profiles")
    ours = worker_rate(worker_health(running), EVENTS)
    each = sizes(running).per_user(empty, USERS)
    return [
        *(Figure("stream_events_per_s", ours, "events/s", name, rate) for name, rate in bare.items()),
        Figure("redis_bytes_per_user", each.redis, "bytes"),
        Figure("store_bytes_per_user", each.store, "bytes"),
        Figure("changelog_bytes_per_user", each.changelog, "bytes"),
    ]


class Shoppers:
    """Writes views of the demo catalogue's products, seeded."""

    def __init__(self, kafka: str) -> None:
        self.chance = random.Random(7)
        self._kafka = kafka
        self._products = [product.product_id for product in demo_catalogue().products]
        self._key = PseudonymKey(1, b"bench")
        self._sent = 0

    def view(self, events: int, shopper: Callable[[int], int]) -> None:
        """Sends views and returns when Kafka has all; `shopper` gives the number of the shopper of each view."""
        producer = Producer(ProducerSettings(self._kafka, client_id="bench"))
        now = datetime.now(UTC)
        for number in range(events):
            user = self._key.pseudonym(f"bench-{shopper(number)}")
            product = self.chance.choice(self._products)
            view = events_pb2.View(user_id=user, product_id=product, dwell_ms=1200, page="/bench")
            self._sent += 1
            event_id = f"bench-{self._sent}"
            producer.send(encode(view, event_id=event_id, source="bench", time=now, key=user.encode()))
        producer.flush(60)
        producer.close(10)


def reference(module: str, *arguments: str) -> float:
    """Events a second of a reference consumer."""
    sys.stderr.write(f"stream: {module} {arguments[0]}\n")
    command = [sys.executable, "-m", f"services.tools.bench.{module}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=_WITHIN_S, check=False)
    lines = done.stdout.strip().splitlines()
    if not lines:
        raise Unavailable(f"reference {module}", f"it ended with status {done.returncode} and printed nothing")
    facts = json.loads(lines[-1])
    return float(facts["events"] / facts["seconds"])


def worker_rate(health: HealthEndpoint, events: int) -> float:
    """Events a second between the first tenth of the backlog and its end, by the worker's own counter."""
    until = time.monotonic() + _WITHIN_S
    first: tuple[float, float] | None = None
    while time.monotonic() < until:
        seen, at = applied(health), time.perf_counter()
        if seen >= events and first:
            return (seen - first[0]) / (at - first[1])
        if first is None and seen >= events * WARM:
            first = seen, at
        time.sleep(0.1)
    raise Unavailable("profiles", f"{applied(health):.0f} of {events} events were applied within {_WITHIN_S:.0f} s")


def worker_health(running: RunningStack) -> HealthEndpoint:
    """Where the worker says how far it is."""
    endpoint = health_endpoint(running.state_dir, "profiles")
    assert endpoint is not None, "profiles is a process of ours, and has one"
    return endpoint


def applied(health: HealthEndpoint) -> float:
    """Events that the worker has applied since its start; 0 while it does not answer."""
    return health.metric("adloom_events_total", fate="applied")
