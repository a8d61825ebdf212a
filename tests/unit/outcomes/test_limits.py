"""Whatever is remembered of a shopper, its state stays below what Kafka takes, and what has no room is named."""

from __future__ import annotations

import random
from datetime import timedelta

from protos.gen.adloom.events.v1 import events_pb2
from services.outcomes import limits
from services.outcomes.state import unpack
from services.wire.codec.envelope import Envelope
from tests.unit.outcomes.test_processor import USER, Desk, minutes, outcomes, reasons, token_of

KAFKA_BYTES = 900_000  # of 1 MiB


class Noise:
    """Text that nobody can compress much; seeded."""

    def __init__(self) -> None:
        self._chance = random.Random(7)

    def text(self, count: int) -> str:
        return "".join(chr(self._chance.randrange(0x4E00, 0x9FA0)) for _ in range(count))


def early_click(desk: Desk, noise: Noise, number: int) -> Envelope:
    name = noise.text(20)
    token = token_of(name)
    made = events_pb2.Click(user_id=USER, product_id=noise.text(60), impression_token=token, user_agent=noise.text(150))
    return desk.envelope("ad.clicks", made, timedelta(milliseconds=number))


def test_clicks_that_wait_for_their_impressions_are_bounded_whatever_they_hold() -> None:
    desk, noise = Desk(), Noise()
    refused = 0
    for batch in range(8):
        clicks = [early_click(desk, noise, batch * 250 + n) for n in range(250)]
        refused += len(reasons(made := desk.read(*clicks)))
        assert set(reasons(made)) <= {"too_many"}
        assert desk.state is not None and len(desk.state) < KAFKA_BYTES
    assert desk.state is not None and len(desk.state) > limits.MAX_BYTES * 0.9, "the room is used"
    assert refused + len(unpack(desk.state).clicks) == 2_000
    assert len(desk.read(until=timedelta(hours=25)).records) == 2_000 - refused, "those that had room end as unmatched"
    assert desk.state is None or not unpack(desk.state).clicks


def test_impressions_clicks_and_orders_together_share_one_room() -> None:
    desk, noise = Desk(), Noise()
    for _ in range(8):
        names = [noise.text(12) for _ in range(300)]
        ads = [desk.shown(name, creative_id=noise.text(40)) for name in names]
        desk.read(*ads, *(desk.click(name, minutes(1)) for name in names), *(desk.order(n, minutes(1)) for n in names))
        assert desk.state is not None and len(desk.state) < KAFKA_BYTES
    closed = outcomes(desk.read(until=minutes(31)))
    assert closed and desk.state is not None and len(desk.state) < KAFKA_BYTES
    shown = unpack(desk.state).shown
    assert 0 < len(shown) < sum(o.outcome_id.endswith(":click") for o in closed), "the oldest closed ones gave way"


def test_a_shopper_whose_state_was_full_is_served_again_once_windows_have_closed() -> None:
    desk, noise = Desk(), Noise()
    made = desk.read(*(desk.shown(f"i{n}", creative_id=noise.text(120)) for n in range(4_000)))
    assert "too_many" in reasons(made)
    desk.read(until=minutes(31))
    assert reasons(desk.read(desk.shown("new", after=minutes(32)))) == []


def test_clicks_are_counted_too_where_they_need_little_room() -> None:
    desk = Desk()
    made = desk.read(*(desk.click(f"i{n}", minutes(1)) for n in range(limits.MAX_CLICKS + 1)))
    assert reasons(made) == ["too_many"]
