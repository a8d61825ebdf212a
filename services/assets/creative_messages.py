"""Messages on `ad.creatives`: a creative as it is now, or a tombstone that says that it is gone; pure.

House creatives do not travel: every process makes them from code (law 1).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative import HOUSE, PNG, Creative
from services.assets.life import LifeEvent, State
from services.catalogue.offer import Price
from services.common.errors import Rejected
from services.common.topics import CREATIVES
from services.common.verdict import Check, Verdict
from services.composer.formats import size_of
from services.models.text_encoder.text_vector import TextVector
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_keyed
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

SOURCE: Final = "assets"
MOST_LIFE: Final = 100
"""So many events of a creative's life are kept, the newest."""

_NUMBERS: Final[Mapping[State, pb.CreativeState]] = {
    "DRAFT": pb.DRAFT,
    "SCREENED": pb.SCREENED,
    "APPROVED": pb.APPROVED,
    "PAUSED": pb.PAUSED,
    "RETIRED": pb.RETIRED,
}
_STATES: Final = {number: state for state, number in _NUMBERS.items()}
_SHA256: Final = re.compile(r"([0-9a-f]{64})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DatedCreative:
    """A creative as a message says it is, and the position of the message."""

    creative_id: str
    message: pb.Creative | None  # None: it is gone
    position: Position


def message_of(creative: Creative) -> pb.Creative:
    """The creative as a message."""
    message = pb.Creative(
        creative_id=creative.creative_id,
        product_id=creative.product_id,
        format=creative.format,
        texts=pb.Texts(headline=creative.headline, body=creative.body, call_to_action=creative.call_to_action),
        approved_by=creative.approved_by,
        ai_generated=creative.ai_generated,
        made_by=creative.made_by,
        image_uri=creative.image_uri,
        campaign_ids=creative.campaign_ids,
        sha256=creative.image_sha256,
        media_type=creative.media_type,
        elements=creative.elements,
        state=_NUMBERS[creative.state],
        lineage=creative.lineage,
        link=creative.link,
        life=[_event(event) for event in creative.life[-MOST_LIFE:]],
        text_vector=_text_vector(creative.text_vector),
    )
    if creative.price is not None:
        message.price_minor, message.currency = creative.price.minor, creative.price.currency
    if creative.verdict is not None:
        message.verdict.CopyFrom(_verdict(creative.verdict))
    message.created_at.FromDatetime(creative.created_at)
    if creative.starts_at is not None:
        message.starts_at.FromDatetime(creative.starts_at)
    if creative.ends_at is not None:
        message.ends_at.FromDatetime(creative.ends_at)
    return message


def creative_of(message: pb.Creative) -> Creative:
    """The creative in a message that `read_creative` has taken."""
    return Creative(
        creative_id=message.creative_id,
        product_id=message.product_id,
        format=message.format,
        headline=message.texts.headline,
        body=message.texts.body,
        call_to_action=message.texts.call_to_action,
        approved_by=message.approved_by,
        ai_generated=message.ai_generated,
        made_by=message.made_by,
        created_at=message.created_at.ToDatetime(UTC),
        image_sha256=message.sha256,
        lineage=dict(message.lineage),
        state=_state(message.state),
        media_type=message.media_type or PNG,
        link=message.link,
        price=Price(message.price_minor, message.currency) if message.currency else None,
        starts_at=message.starts_at.ToDatetime(UTC) if message.HasField("starts_at") else None,
        ends_at=message.ends_at.ToDatetime(UTC) if message.HasField("ends_at") else None,
        campaign_ids=tuple(message.campaign_ids),
        elements=dict(message.elements),
        verdict=_verdict_in(message.verdict) if message.HasField("verdict") else None,
        life=tuple(_event_in(message.creative_id, event) for event in message.life),
        text_vector=_text_vector_in(message),
    )


def state_numbered(number: pb.CreativeState) -> State:
    """The state of a number of the proto's; `Rejected` where it says none."""
    return _state(number)


def state_of(message: pb.Creative) -> State:
    """The state that the message says; `Rejected` where it says none."""
    return _state(message.state)


def read_creative(raw: RawRecord) -> DatedCreative | DeadLetter:
    """The creative in a message, or its dead letter: no creative, or a key that is not its id."""
    position = raw.position()
    found = decode_keyed(raw)
    if isinstance(found, DeadLetter):
        return found
    key, message = found
    if message is None:
        return DatedCreative(key, None, position)
    assert isinstance(message, pb.Creative)
    try:
        _check(message, key)
    except (Rejected, ValueError):  # ValueError: an event of its life at no moment
        return dead_letter_of(raw, "invalid")
    return DatedCreative(key, message, position)


def record_of(creative: Creative, time: datetime) -> Record:
    """The message of a creative; raises `Rejected` where nobody could read it, or it is too large."""
    message = message_of(creative)
    _check(message, creative.creative_id)
    digest = hashlib.blake2b(message.SerializeToString(deterministic=True), digest_size=16).hexdigest()
    return encode(message, event_id=digest, source=SOURCE, time=time, key=creative.creative_id.encode())


def tombstone(creative_id: str) -> Record:
    """The message that says that a creative is gone."""
    return Record(CREATIVES, creative_id.encode(), None, ())


def _check(message: pb.Creative, key: str) -> None:
    if not key or message.creative_id != key or key.startswith(HOUSE):
        raise Rejected("invalid", "creative_id", message.creative_id, "the key of the message, and no house creative")
    size_of(message.format)
    _state(message.state)
    if not _SHA256.fullmatch(message.sha256):
        raise Rejected("invalid", "sha256", message.sha256, "64 hex digits")
    if (text_vector := _text_vector_in(message)) is not None:
        text_vector.check()
    for event in message.life:
        _event_in(key, event)


def _state(number: pb.CreativeState) -> State:
    if number not in _STATES:
        raise Rejected("invalid", "state", number, "a state that there is")
    return _STATES[number]


def _text_vector(vector: TextVector | None) -> pb.TextVector | None:
    return None if vector is None else pb.TextVector(encoder=vector.encoder, float16=vector.float16)


def _text_vector_in(message: pb.Creative) -> TextVector | None:
    vector = message.text_vector
    return TextVector(vector.encoder, vector.float16) if message.HasField("text_vector") else None


def _event(event: LifeEvent) -> pb.LifeEvent:
    message = pb.LifeEvent(state=_NUMBERS[event.state], by=event.by, why=event.why)
    message.at.FromDatetime(event.at)
    return message


def _event_in(creative_id: str, event: pb.LifeEvent) -> LifeEvent:
    return LifeEvent(creative_id, _state(event.state), event.by, event.why, event.at.ToDatetime(UTC))


def _verdict(verdict: Verdict) -> pb.Verdict:
    checks = [_check_message(check) for check in verdict.checks]
    return pb.Verdict(passes=verdict.passes, checks=checks, screen=verdict.screen)


def _check_message(check: Check) -> pb.Check:
    return pb.Check(
        check=check.check,
        score=check.score,
        threshold=check.threshold,
        passes=check.passes,
        why=check.why,
        version=check.version,
        unmeasured=not check.measured,
    )


def _verdict_in(message: pb.Verdict) -> Verdict:
    return Verdict(
        tuple(
            Check(it.check, it.score, it.threshold, it.passes, it.why, it.version, not it.unmeasured)
            for it in message.checks
        ),
        message.screen,
    )
