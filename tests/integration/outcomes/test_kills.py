"""On real Kafka: both workers are killed in the middle, and every count equals what was sent, as a plain loop tells."""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2, policy_pb2
from services.common.secrets import load_or_make
from services.common.token import Token, TokenKeys
from services.common.topics import DEADLETTER, OUTCOMES
from services.evaluation.main import newest_version
from services.sdk.report_reader import newest_report
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.kafka.producer import Producer, ProducerSettings
from services.wire.kafka.reader import read_to_end
from tests.conftest import stack_environ

WINDOW_S = 4
USERS = 150
IMPRESSIONS = 2_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Kafka and the two workers, with short windows."""
    environ = {**stack_environ(), "ADLOOM_ATTRIBUTION_WINDOW_S": str(WINDOW_S)}
    state_dir = StateDir(tmp_path_factory.mktemp("loop")).make()
    with tied_stack(state_dir, environ, only=("kafka", "topics", "outcomes", "evaluation")) as running:
        yield running


@dataclass
class Sent:
    """What was sent, and what has to follow from it."""

    kinds: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    by_policy: dict[str, list[int]] = field(default_factory=lambda: {"uniform": [0, 0], "thompson": [0, 0]})
    arms: dict[str, list[int]] = field(default_factory=dict)


class Shop:
    """Shows and clicks by hand; repeats a fifth of everything."""

    def __init__(self, producer: Producer, keys: TokenKeys, chance: random.Random) -> None:
        self.producer, self.keys, self.chance = producer, keys, chance
        self.strangers = TokenKeys("1", {"1": b"not ours"})
        self.sent = Sent()

    def impression(self) -> None:
        """One impression with whatever follows it."""
        name, policy = uuid.uuid4().hex, self.chance.choice(["uniform", "thompson"])
        user, creative = f"u1-{self.chance.randrange(USERS):032x}", f"c{self.chance.randrange(5)}"
        targets = {"uniform": 0.2, "thompson": self.chance.choice([0.1, 0.3])}
        shown = impression_pb2.Impression(
            impression_id=name, user_id=user, policy_id=policy, creative_id=creative, candidates=[creative],
            scores=[0.25], propensity=targets[policy], target_propensities=targets, shown_at=datetime.now(UTC),
            render_pixel=self.chance.random() < 0.5,
        )  # fmt: skip
        token = Token(name, user, creative, "p", targets[policy], "top", 0, int(time.time() * 1000))
        clicked, rendered = self.chance.random() < 0.3, self.chance.random() < 0.8
        messages: list[Message] = [shown]
        if shown.render_pixel and rendered:
            messages += [events_pb2.Render(user_id=user, impression_token=self.keys.sign(token))] * 2
        if clicked:
            messages.append(_click(user, self.keys.sign(token)))
        self.chance.shuffle(messages)  # a click or a render may be appended before its impression
        for message in messages:
            self.emit(message)
        self.sent.kinds["CLICKED" if clicked else "IGNORED"] += 1
        if rendered or not shown.render_pixel:
            self._count(policy, creative, clicked)
        self._sometimes(user, token, clicked)

    def _count(self, policy: str, creative: str, clicked: bool) -> None:
        for counts in (self.sent.by_policy[policy], self.sent.arms.setdefault(creative, [0, 0])):
            counts[0] += 1
            counts[1] += clicked

    def _sometimes(self, user: str, token: Token, clicked: bool) -> None:
        """Orders, and tokens that do not count."""
        if self.chance.random() < 0.05:
            self.emit(
                events_pb2.Order(user_id=user, product_id="p", value_minor=500, impression_token=self.keys.sign(token))
            )
            self.sent.kinds["ORDERED"] += 1
        if self.chance.random() < 0.03:
            self._refused("forged", _click(user, self.strangers.sign(token)))
        if self.chance.random() < 0.03:
            self._refused("foreign", _click(f"u1-{'f' * 32}", self.keys.sign(token)))
        if clicked and self.chance.random() < 0.1:
            self._refused("used", _click(user, self.keys.sign(token)))

    def _refused(self, reason: str, click: events_pb2.Click) -> None:
        self.emit(click, repeat=False)
        self.sent.refused[reason] += 1

    def emit(self, message: Message, repeat: bool = True) -> None:
        key = message.user_id.encode()  # type: ignore[attr-defined]  # every event has it
        record = encode(message, event_id=uuid.uuid4().hex, source="test", time=datetime.now(UTC), key=key)
        for _ in range(2 if repeat and self.chance.random() < 0.2 else 1):
            self.producer.send(record)


def _click(user: str, token: str) -> events_pb2.Click:
    return events_pb2.Click(user_id=user, product_id="p", impression_token=token)


def kill(stack: RunningStack, name: str) -> None:
    """Kills a process that works, not one that is being started."""
    until = time.monotonic() + 40
    while not stack.status()["processes"][name]["ready"]:
        assert time.monotonic() < until, f"{name} did not come back"
        time.sleep(0.2)
    os.kill(stack.status()["processes"][name]["pid"], signal.SIGKILL)


def final_outcomes(stack: RunningStack) -> dict[str, outcome_pb2.Outcome]:
    """Every outcome whose window has closed, by id; those that are repeated must agree."""
    found: dict[str, outcome_pb2.Outcome] = {}
    for raw in read_to_end(stack.kafka, OUTCOMES):
        outcome = decode(raw).message
        assert isinstance(outcome, outcome_pb2.Outcome)
        if outcome.window_closed:
            assert found.setdefault(outcome.outcome_id, outcome) == outcome
    return found


@pytest.mark.timeout(240)
def test_counts_equal_what_was_sent_though_both_workers_are_killed_again_and_again(stack: RunningStack) -> None:
    chance = random.Random(11)
    producer = Producer(ProducerSettings(stack.kafka))
    shop = Shop(producer, load_or_make(stack.state_dir.secrets).token_keys, chance)
    for number in range(IMPRESSIONS):
        shop.impression()
        if number % 100 == 0:
            producer.flush(10)
            time.sleep(0.3)
        if number in (700, 1_500):
            kill(stack, "outcomes")
            kill(stack, "evaluation")
    producer.flush(10)
    time.sleep(WINDOW_S - 1.0)
    kill(stack, "outcomes")  # while windows close and nothing comes that would wake their users
    kill(stack, "evaluation")
    producer.close(5)
    settled = sum(shop.sent.kinds.values())
    until = time.monotonic() + 90
    while time.monotonic() < until and newest_report(stack.kafka).outcomes < settled:
        time.sleep(1)
    time.sleep(2 * WINDOW_S)  # nothing more may come

    outcomes = final_outcomes(stack)
    assert Counter(outcome_pb2.OutcomeKind.Name(o.kind) for o in outcomes.values()) == shop.sent.kinds
    letters = {
        h["adloom_topic"] + h["adloom_partition"] + h["adloom_offset"]: h["adloom_reason"] for h in headers(stack)
    }
    assert Counter(letters.values()) == shop.sent.refused
    report = newest_report(stack.kafka)
    assert (report.impressions, report.outcomes) == (IMPRESSIONS, settled)
    assert {p.policy: [p.impressions, p.clicks] for p in report.policies} == shop.sent.by_policy
    arms = {arm.creative_id: [arm.impressions, arm.clicks, arm.expected_clicks] for arm in newest_posterior(stack).arms}
    assert arms == {name: [n, clicks, pytest.approx(n / 4)] for name, (n, clicks) in shop.sent.arms.items()}


def newest_posterior(stack: RunningStack) -> policy_pb2.PolicyVersion:
    found = newest_version(stack.kafka)
    assert found is not None
    return found


def headers(stack: RunningStack) -> list[dict[str, str]]:
    return [{k: (v or b"").decode() for k, v in raw.headers} for raw in read_to_end(stack.kafka, DEADLETTER)]
