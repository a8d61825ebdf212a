from datetime import UTC, datetime

import pytest
from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2 as events
from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.errors import Bug
from services.features.profile import Interaction, Kind, micros
from services.profiles.interaction import interaction_of
from services.wire.codec.envelope import Envelope

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
US = micros(NOW)


def envelope(message: Message) -> Envelope:
    return Envelope("e", "s", "t", NOW, "topic", 0, 0, NOW, b"u", message)


@pytest.mark.parametrize(
    ("message", "interaction"),
    [
        (events.View(product_id="p"), Interaction(Kind.VIEW, "p", US)),
        (events.View(product_id="p", user_agent="curl/8"), Interaction(Kind.VIEW, "p", US, by_bot=True)),
        (events.Click(product_id="p"), Interaction(Kind.CLICK, "p", US)),
        (events.Click(product_id="p", impression_token="t"), Interaction(Kind.CLICK, "p", US, from_ad=True)),
        (events.Click(impression_token="t"), Interaction(Kind.CLICK, "", US, from_ad=True)),
        (
            events.Order(product_id="p", quantity=3, value_minor=500),
            Interaction(Kind.ORDER, "p", US, pieces=3, value_minor=500),
        ),
        (events.Order(product_id="p"), Interaction(Kind.ORDER, "p", US, pieces=1)),  # 0 is read as 1
    ],
)
def test_each_event_is_read_as_what_the_shopper_did(message: Message, interaction: Interaction) -> None:
    assert interaction_of(envelope(message)) == interaction


def test_anything_else_is_a_bug_and_not_an_event() -> None:
    with pytest.raises(Bug, match="no view, click or order"):
        interaction_of(envelope(outcome_pb2.Outcome()))
