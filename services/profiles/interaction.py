"""Converts a shop's event into the `Interaction` from which features are computed."""

from __future__ import annotations

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.common.errors import Bug
from services.features.invalid_traffic import is_declared_bot
from services.features.profile import Interaction, Kind, micros
from services.wire.codec.envelope import Envelope


def interaction_of(envelope: Envelope) -> Interaction:
    """The shopper's interaction. A product that is not in the catalogue is no error."""
    message, time_us = envelope.message, micros(envelope.time)
    if isinstance(message, events.View):
        return Interaction(Kind.VIEW, message.product_id, time_us, by_bot=is_declared_bot(message.user_agent))
    if isinstance(message, events.Click):
        from_ad, by_bot = message.impression_token != "", is_declared_bot(message.user_agent)
        return Interaction(Kind.CLICK, message.product_id, time_us, from_ad=from_ad, by_bot=by_bot)
    if isinstance(message, events.Order):
        return Interaction(
            Kind.ORDER,
            message.product_id,
            time_us,
            pieces=message.quantity or 1,
            value_minor=message.value_minor,
            currency=message.currency,
            by_bot=is_declared_bot(message.user_agent),
        )
    raise Bug(f"{envelope.type} on {envelope.topic} is no view, click or order")
