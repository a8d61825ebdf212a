"""One click changes the shopper's next decision within a second, and no other shopper's vectors."""

from __future__ import annotations

import math
import statistics
import time
import uuid
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as creative
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from tests.e2e.conftest import Outside
from tests.e2e.tail import Tail
from tests.waiting import wait_for

ROUNDS = 8
LOOK_S = 15.0
PRODUCTS = ("tee-breton", "chino-sand", "tee-merino", "tee-surf", "tee-plain-black")
SEED = "5eed" * 8  # taken from the `adloom-seed` metadata, which the local stack allows for drills like this one


class Questions:
    """The same question again and again: only the request id is new, and the shopper's clock stands still."""

    def __init__(self, channel: grpc.Channel, tail: Tail) -> None:
        self._stub: Any = CreativeServiceStub(channel)
        self._tail = tail
        self._at = int(time.time())

    def ask(self, user: str) -> str:
        """The impression id of one answer; on a busy machine a degraded one is asked for again."""
        answers = (self._answer(user) for _ in range(50))
        return next(selection.impression_id for selection in answers if not selection.degraded)

    def _answer(self, user: str) -> creative.Selection:
        request = creative.SelectCreativesRequest(
            request_id=uuid.uuid4().hex,
            user_id=user,
            placements=[creative.Placement(placement_id="front", format="300x250")],
        )
        request.context.time.FromSeconds(self._at)
        answer: creative.SelectCreativesResponse = self._stub.SelectCreatives(
            request, timeout=2, metadata=[("adloom-seed", SEED)]
        )
        return answer.selections[0]

    def decision(self, user: str) -> Impression:
        """The record of one answer."""
        return self._tail.decision(self.ask(user))

    def personalised(self) -> str:
        """A shopper whom the experiment gives to `thompson`."""
        shoppers = (f"one-click-{uuid.uuid4()}" for _ in range(100))
        return next(user for user in shoppers if self.decision(user).policy_id == "thompson")

    def until_moved(self, user: str, before: Impression) -> float:
        """Seconds from now to the asking of the first question whose record has moved; infinite where none does."""
        started = time.monotonic()
        while (asked_at := time.monotonic() - started) < LOOK_S:
            after = self.decision(user)
            assert after.policy_version == before.policy_version
            if moved(before, after):
                return asked_at
        return math.inf


@pytest.fixture
def questions(outside: Outside) -> Iterator[Questions]:
    """Questions while evaluation is stopped: the policy's version stays the same."""
    outside.running.stop("evaluation")
    with grpc.insecure_channel(outside.running.creative) as channel, Tail(outside.running.kafka) as tail:
        yield Questions(channel, tail)
    outside.running.start("evaluation")


@pytest.mark.timeout(240)
def test_one_click_changes_features_and_probabilities_within_a_second(outside: Outside, questions: Questions) -> None:
    delays = []
    for round_number in range(ROUNDS):  # a new shopper each: of a well-known one, one click more may change no vector
        user = questions.personalised()
        key, before = outside.pseudonym(user), questions.decision(user)
        outside.produce("Click", {"user_id": key, "product_id": PRODUCTS[round_number % len(PRODUCTS)]}, key)
        delays.append(questions.until_moved(user, before))
    assert statistics.median(delays) < 1.0, sorted(delays)
    assert max(delays) < math.inf, sorted(delays)


def test_another_shoppers_click_changes_nothing(outside: Outside, questions: Questions) -> None:
    user, other = questions.personalised(), outside.pseudonym(f"other-{uuid.uuid4()}")
    before = questions.decision(user)
    outside.produce("Click", {"user_id": other, "product_id": PRODUCTS[0]}, other)
    wait_for("the other's click", lambda: outside.features(other)[0]["clicks_total"] == 1)
    after = questions.decision(user)
    assert list(after.candidates) == list(before.candidates)
    assert list(after.features) == list(before.features)
    assert list(after.probabilities) == list(before.probabilities)
    assert after.creative_id == before.creative_id


def moved(before: Impression, after: Impression) -> bool:
    """Whether both the shopper's features and the vector that is drawn from have changed."""
    return list(before.features) != list(after.features) and list(before.probabilities) != list(after.probabilities)
