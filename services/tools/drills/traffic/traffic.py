"""A shop's traffic, seeded: views, clicks, orders and impressions as Kafka records, with duplicates and poison.

Event times are random within the lateness span, so the order of sending differs from the order of event times. A click
or an order may name an impression that is sent later, or never. Tokens are signed with the deployment's own keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.common.topics import PARTITIONS
from services.tools.drills.traffic.decision_records import random_record, state_consent
from services.tools.drills.traffic.poison import POISON, Spoiler
from services.wire.codec.encode import encode_with
from services.wire.codec.envelope import Record
from services.wire.codec.headers import JSON, PROTOBUF, EventHeaders

SOURCE = "drill"
EXPECTED_REASON = "drill_reason"
"""Header of a poison: the reason for which it must become a dead letter."""
_CURRENCIES = ("EUR", "JPY", "KWD", "")
BOT = "Googlebot/2.1"
_PEOPLE = ("", "Mozilla/5.0 Firefox/150.0")


@dataclass(frozen=True, slots=True)
class Shape:
    """The amount and composition of traffic."""

    events: int = 50_000  # messages sent, duplicates and poison included
    users: int = 1_500
    duplicates: float = 0.10  # of all messages; half of them sent soon after, half at any later time
    poison: float = 0.01  # of all messages
    misplaced: float = 0.005  # of valid events: in a partition that is not their key's
    json: float = 0.10  # of valid events
    span_s: float = 20 * 3600.0  # how far back event times may be
    burst: int = 120  # the deployment's limit of events in a minute (ADLOOM_BURST_PER_MINUTE)
    ads: bool = True  # impressions, and clicks and orders that name them


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to be sent."""

    record: Record
    reason: str = ""  # of the dead letter that it must become; empty for a valid event
    kind: str = ""  # of poison


@dataclass(frozen=True, slots=True)
class TokenUse:
    """How a click or order names an impression."""

    token: str = ""
    event_id: str = ""  # empty: an id of its own
    in_own_partition: bool = False  # never in a wrong partition


OUTSIDE_ADS = TokenUse()


class Traffic:
    """Generates traffic; `messages()` gives it in the order of sending, which is the order within each partition."""

    def __init__(self, seed: int, shape: Shape, keys: TokenKeys, products: Sequence[str], now: datetime) -> None:
        """`now` is the time of sending; `products` are those of the catalogue, an unknown one is added."""
        self._chance = Random(seed)
        self._shape, self._keys, self._now = shape, keys, now
        self._products = [*products, "product-that-nobody-sells"]
        self._users = [f"u1-{self._chance.getrandbits(128):032x}" for _ in range(shape.users)]
        self._count = round(shape.events * (1 - shape.duplicates - shape.poison)) + 2 * shape.burst  # copies of bursts
        self._made: list[tuple[float, Sent]] = []  # with their position
        self._bots = set(self._users[:: max(2, shape.users // 20)])

    def messages(self) -> list[Sent]:
        """All messages; the same arguments give the same messages."""
        self._bursts()
        while len(self._made) < self._count:
            self._visit(len(self._made) * 1.0)
        self._spoil()
        self._repeat()
        return [labelled(sent) for _, sent in sorted(self._made, key=lambda pair: pair[0])]

    def last_ad_click(self, number: int) -> list[Sent]:
        """A shopper's last messages: an impression and a click on it. Must be called after `messages`."""
        user = self._users[-1 - number % len(self._users)]
        shown = random_record(user, self._now, self._chance)
        shown.impression_id = name = f"imp-last-{number}"
        signed = Token(name, user, shown.creative_id, "p", shown.propensity, "top", 0, to_ms(self._now), shown.foreign)
        self._made = []
        self._add(0.0, shown, f"shown-{name}", self._now, in_own_partition=True)
        self._event(1.0, "click", user, TokenUse(self._keys.sign(signed), f"click-{name}", in_own_partition=True))
        return [sent for _, sent in self._made]

    def last_view(self, number: int) -> list[Sent]:
        """Another shopper's last message: a view."""
        self._made = []
        self._event(
            0.0,
            "view",
            self._users[len(self._users) // 2 + number],
            TokenUse(event_id=f"glance-{number}", in_own_partition=True),
        )
        return [sent for _, sent in self._made]

    def _visit(self, position: float) -> None:
        """A random action of a random shopper: an event, or an ad with what follows from it."""
        kind = self._chance.choices(["view", "click", "order", "ad"], [45, 12, 5, 38 if self._shape.ads else 0])[0]
        user = self._chance.choice(self._users)
        if kind == "ad":
            self._ad(position, user)
        else:
            self._event(position, kind, user)

    def _event(self, position: float, kind: str, user: str, use: TokenUse = OUTSIDE_ADS) -> str:
        """Adds a view, click or order; returns its id."""
        event_id = use.event_id or f"e{len(self._made)}"
        agent = BOT if user in self._bots and self._chance.random() < 0.3 else self._chance.choice(_PEOPLE)
        product = self._chance.choice(self._products)
        message: events_pb2.View | events_pb2.Click | events_pb2.Order
        if kind == "view":
            message = events_pb2.View(user_id=user, product_id=product, user_agent=agent, query="grüner Schal")
        elif kind == "click":
            clicked = "" if use.token and not len(self._made) % 8 else product  # some ads are for no product
            message = events_pb2.Click(user_id=user, product_id=clicked, user_agent=agent, impression_token=use.token)
        else:
            pieces, value = self._chance.randrange(4), self._chance.randrange(20_000)
            message = events_pb2.Order(user_id=user, product_id=product, user_agent=agent, impression_token=use.token)
            message.quantity, message.value_minor = pieces, value
            message.currency = _CURRENCIES[value % len(_CURRENCIES)]
        state_consent(message.consent, self._chance)
        self._add(position, message, event_id, self._time(), use.in_own_partition)
        return event_id

    def _ad(self, position: float, user: str) -> None:
        """Adds an impression, and sometimes a click (perhaps before it or very late) and orders that name it."""
        shown, name = (
            random_record(user, self._now, self._chance),
            f"imp-{len(self._made)}-{self._chance.getrandbits(32):08x}",
        )
        shown.impression_id = name
        if self._chance.random() < 0.99:  # otherwise its record is never sent
            shown_at = self._now - timedelta(seconds=self._chance.uniform(0, 60))
            self._add(position, shown, f"shown-{name}", shown_at)
        signed = Token(name, user, shown.creative_id, "p", shown.propensity, "top", 0, to_ms(self._now), shown.foreign)
        token, wait = self._keys.sign(signed), self._wait()
        if shown.render_pixel and self._chance.random() < 0.8:
            self._renders(position + wait, user, token)
        if self._chance.random() < 0.3:
            rival = self._chance.random() < 0.05
            event_id = self._event(position + wait, "click", user, TokenUse(token, in_own_partition=rival))
            if rival:  # another click event with the same token
                self._event(position + abs(wait) + 1.0, "click", user, TokenUse(token, in_own_partition=True))
                late, sent = self._made[-1]
                self._made[-1] = late, replace(sent, reason="used", kind="a token that was used")
            if self._chance.random() < 0.3:
                same = event_id if self._chance.random() < 0.3 else ""  # ids need to be unique only within a topic
                self._event(position + abs(wait) + self._wait(), "order", user, TokenUse(token, same))

    def _renders(self, position: float, user: str, token: str) -> None:
        """The ad is shown, and sometimes also seen; either may come too late for the window."""
        for number in range(self._chance.choice([1, 1, 2])):
            agent = BOT if user in self._bots and self._chance.random() < 0.3 else ""
            made = events_pb2.Render(user_id=user, impression_token=token, viewable_ms=1_000 * number, user_agent=agent)
            self._add(position + number * abs(self._wait()), made, f"render-{len(self._made)}", self._time())

    def _wait(self) -> float:
        """Messages between an impression and an event that names it: mostly few, sometimes too many for the window."""
        return self._chance.choice([-3.0, 0.5, 5.0, 50.0, 50.0, 200.0, 0.3 * self._count]) * self._chance.random()

    def _bursts(self) -> None:
        """Two shoppers click too often in a minute; for two others only duplicates make it look so."""
        minute = (self._now - timedelta(hours=2)).replace(second=0, microsecond=0)
        for number, user in enumerate(self._users[1:5]):
            self._bots.discard(user)
            clicks = self._shape.burst + 5 if number < 2 else self._shape.burst - 5
            for index in range(clicks):
                at, position = minute + timedelta(seconds=59 * index / clicks), self._chance.uniform(0, self._count)
                click = events_pb2.Click(user_id=user, product_id=self._products[0])
                for copy in range(2):
                    self._add(position + copy, click, f"burst-{number}-{index}", at, in_own_partition=True)

    def _spoil(self) -> None:
        """Adds poison: spoiled copies of valid events under new ids, every kind in turn."""
        by = Spoiler(self._keys, self._now, self._chance)
        plain = [sent.record for _, sent in self._made if not sent.reason and _is_plain(sent.record)]
        for number in range(max(len(POISON), round(self._shape.events * self._shape.poison))):
            poison = POISON[number % len(POISON)]
            record = self._chance.choice(plain)
            while poison.topics and record.topic not in poison.topics:
                record = self._chance.choice(plain)
            fresh = [(name, f"poison-{number}".encode() if name == "ce_id" else text) for name, text in record.headers]
            spoiled = poison.spoil(replace(record, headers=tuple(fresh)), by)
            self._made.append((self._chance.uniform(0, self._count), Sent(spoiled, poison.reason, poison.kind)))

    def _repeat(self) -> None:
        """Adds duplicates, soon after their originals or at any later time."""
        copies = []
        for position, sent in self._chance.sample(self._made, max(0, self._shape.events - len(self._made))):
            far = self._chance.random() < 0.5
            again = (
                self._chance.uniform(position, max(position, self._count)) if far else position + self._chance.random()
            )
            copies.append((again + 1e-6, sent))
        self._made += copies

    def _add(
        self, position: float, message: Message, event_id: str, time: datetime, in_own_partition: bool = False
    ) -> None:
        content = JSON if self._chance.random() < self._shape.json else PROTOBUF
        headers = EventHeaders(content, event_id, SOURCE, message.DESCRIPTOR.full_name, time)
        record = encode_with(headers, message, message.user_id.encode())  # type: ignore[attr-defined]  # all have one
        if not in_own_partition and self._chance.random() < self._shape.misplaced:
            record = replace(record, partition=self._chance.randrange(PARTITIONS))
        self._made.append((position, Sent(record)))

    def _time(self) -> datetime:
        recent = self._chance.random() < 0.3
        return self._now - timedelta(seconds=self._chance.uniform(0, 600 if recent else self._shape.span_s))


def labelled(sent: Sent) -> Sent:
    """The message with a header that names the expected reason; consumers ignore headers that they do not know.

    With it, poison can be recognised in the log, in whatever order retries have put the messages.
    """
    if not sent.reason:
        return sent
    return replace(
        sent, record=replace(sent.record, headers=(*sent.record.headers, (EXPECTED_REASON, sent.reason.encode())))
    )


def _is_plain(record: Record) -> bool:
    """Whether it is protobuf and in its key's partition."""
    return record.partition is None and ("content-type", b"application/protobuf") in record.headers
