"""Converts a checked event into the small input of the join; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.common.clock import from_ms, to_ms
from services.common.consent import ALLOWED, Consent, completed
from services.common.errors import Bug
from services.common.token import LIFETIME, Token, TokenKeys
from services.features.invalid_traffic import is_declared_bot
from services.outcomes import pending_event
from services.outcomes.burst_detection import MINUTE_MS
from services.outcomes.token_rules import Verdict, judge
from services.policies.assignment import DRILL
from services.wire.codec.envelope import Envelope

_LIFETIME_MS: Final = LIFETIME // timedelta(milliseconds=1)
_EVENT_BYTES: Final = 16
_NO_TOKEN: Final = Token("", "", "", "", 0.0, "", 0, 0)


@dataclass(frozen=True, slots=True)
class RecordPosition:
    """Where and when a message was appended."""

    topic: str
    partition: int
    offset: int
    at_ms: int  # LogAppendTime


@dataclass(frozen=True, slots=True)
class ImpressionRead:
    """An impression's record was read."""

    position: RecordPosition
    impression_id: str
    until_ms: int  # no event appended later can name it
    template: bytes  # the Outcome, serialized, without the fields that settling sets


@dataclass(frozen=True, slots=True)
class TokenEventRead:
    """A click or an order was read."""

    position: RecordPosition
    event: bytes  # identity of the event, 16 bytes
    is_order: bool
    impression_id: str  # of its token, like the two below; empty: outside ads, or refused
    creative_id: str
    propensity: float
    refused: str  # why its token does not count; empty where it does
    bot: bool
    minute: int  # of the event's own time
    until_ms: int  # copies appended later are not accepted
    value_minor: int
    currency: str  # of `value_minor`, as the order gave it
    raw: bytes  # the message, packed; empty where it names no impression
    no_profile: bool  # the shopper allows no profile


@dataclass(frozen=True, slots=True)
class RenderRead:
    """A render was read."""

    position: RecordPosition
    event: bytes  # identity of the event, 16 bytes
    impression_id: str  # of its token, like the two below; empty: refused
    creative_id: str
    propensity: float
    refused: str  # why its token does not count; empty where it does
    bot: bool
    until_ms: int  # copies appended later are not accepted
    raw: bytes  # the message, packed


JoinInput = ImpressionRead | TokenEventRead | RenderRead


def read(envelope: Envelope, keys: TokenKeys, otherwise: Consent = ALLOWED) -> JoinInput:
    """The join's input for `envelope`; raises `Bug` for an event of another topic.

    `otherwise` is what shoppers allow whose messages do not say.
    """
    position = RecordPosition(envelope.topic, envelope.partition, envelope.offset, to_ms(envelope.appended_at))
    message = envelope.message
    if isinstance(message, impression_pb2.Impression):
        return _impression(position, envelope, message, otherwise)
    if isinstance(message, events_pb2.Click | events_pb2.Order):
        return _token_event(position, envelope, message, keys, otherwise)
    if isinstance(message, events_pb2.Render):
        return _render(position, envelope, message, keys)
    raise Bug(f"outcomes read a {envelope.type}")


def event_identity(source: str, event_id: str) -> bytes:
    """16 bytes that identify an event: the same for its copies, different for every other event."""
    return hashlib.sha256(f"{source}\0{event_id}".encode()).digest()[:_EVENT_BYTES]


def template_of(impression: impression_pb2.Impression, shown_ms: int, otherwise: Consent = ALLOWED) -> bytes:
    """The outcome of `impression`, serialized, without the fields that settling sets."""
    no_profile = not completed(impression.consent, otherwise).profile
    outcome = outcome_pb2.Outcome(
        impression_id=impression.impression_id,
        user_id=impression.user_id,
        shown_at=from_ms(shown_ms),
        policy_id=impression.policy_id,
        policy_version=impression.policy_version,
        creative_id=impression.creative_id,
        slot=impression.slot,
        propensity=impression.propensity,
        target_propensities=dict(impression.target_propensities),
        foreign=impression.foreign,
        product_id=impression.product_id,
        placement_id=impression.placement_id,
        segment=impression.segment,
        campaign_id=impression.campaign_id,
        invalid_traffic=DRILL if impression.experiment_arm == DRILL else impression.invalid_traffic,
        render_pixel=impression.render_pixel,
        no_training=no_profile,
        no_posterior=no_profile and not impression.default_profile,
    )
    score = _score(impression)
    if score is not None:
        outcome.score = score
    return outcome.SerializeToString(deterministic=True)


def _score(impression: impression_pb2.Impression) -> float | None:
    """The model's click probability for the served creative; None unless the record has a score for every candidate."""
    candidates = list(impression.candidates)
    if len(impression.scores) != len(candidates) or impression.creative_id not in candidates:
        return None
    return impression.scores[candidates.index(impression.creative_id)]


def _impression(
    position: RecordPosition, envelope: Envelope, impression: impression_pb2.Impression, otherwise: Consent
) -> ImpressionRead:
    newest = max(position.at_ms, to_ms(envelope.time), impression.shown_at.ToMilliseconds())
    template = template_of(impression, position.at_ms, otherwise)
    return ImpressionRead(position, impression.impression_id, newest + _LIFETIME_MS, template)


def _token_event(
    position: RecordPosition,
    envelope: Envelope,
    message: events_pb2.Click | events_pb2.Order,
    keys: TokenKeys,
    otherwise: Consent,
) -> TokenEventRead:
    verdict = _verdict(message.impression_token, message.user_id, envelope, keys)
    token = verdict.token or _NO_TOKEN
    order = message if isinstance(message, events_pb2.Order) else None
    return TokenEventRead(
        position,
        event_identity(envelope.source, envelope.event_id),
        order is not None,
        token.impression_id,
        token.creative_id,
        token.propensity,
        verdict.refused,
        is_declared_bot(message.user_agent),
        to_ms(envelope.time) // MINUTE_MS,
        _until_ms(position, envelope, token),
        order.value_minor if order else 0,
        order.currency if order else "",
        pending_event.pack(envelope) if verdict.token else b"",
        not completed(message.consent, otherwise).profile,
    )


def _render(position: RecordPosition, envelope: Envelope, message: events_pb2.Render, keys: TokenKeys) -> RenderRead:
    verdict = judge(message.impression_token, message.user_id, envelope.appended_at, keys)
    token = verdict.token or _NO_TOKEN
    return RenderRead(
        position,
        event_identity(envelope.source, envelope.event_id),
        token.impression_id,
        token.creative_id,
        token.propensity,
        verdict.refused,
        is_declared_bot(message.user_agent),
        _until_ms(position, envelope, token),
        pending_event.pack(envelope),
    )


def _until_ms(position: RecordPosition, envelope: Envelope, token: Token) -> int:
    return max(position.at_ms, to_ms(envelope.time), token.shown_at_ms) + _LIFETIME_MS


def _verdict(token: str, user_id: str, envelope: Envelope, keys: TokenKeys) -> Verdict:
    """The verdict on a token; a click outside ads has no token and is not refused."""
    return judge(token, user_id, envelope.appended_at, keys) if token else Verdict(None)
