"""The events that a token of ours reports over HTTP, as records for Kafka; pure.

The id of such an event comes from the token: however often a link is followed, the consumers see one click. The user is
the token's, which is a pseudonym already (law 7), so these do not go through the event-service, which would make
another pseudonym of it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from protos.gen.adloom.events.v1.consent_pb2 import Consent
from protos.gen.adloom.events.v1.events_pb2 import Click, Render
from services.common.token import Token
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record

SOURCE: Final = "web"
LONGEST_AGENT: Final = 512  # the proto's rule for `user_agent`
MOST_MS: Final = 86_400_000  # and for `viewable_ms`


def click_record(token: Token, text: str, user_agent: str, now: datetime) -> Record:
    """The click on an ad, which may be for no product."""
    click = Click(
        user_id=token.user_id,
        product_id=token.product_id,
        impression_token=text,
        user_agent=user_agent[:LONGEST_AGENT],
        consent=Consent(profile=token.profile),  # as the request said for which the ad was chosen
    )
    return encode(click, event_id=_id("click", text), source=SOURCE, time=now, key=token.user_id.encode())


def render_record(token: Token, text: str, viewable_ms: int, user_agent: str, now: datetime) -> Record:
    """The ad was shown, and with `viewable_ms` also seen: two events, each of which counts once."""
    agent = user_agent[:LONGEST_AGENT]
    render = Render(user_id=token.user_id, impression_token=text, viewable_ms=viewable_ms, user_agent=agent)
    kind = "seen" if viewable_ms else "shown"
    return encode(render, event_id=_id(kind, text), source=SOURCE, time=now, key=token.user_id.encode())


def _id(kind: str, text: str) -> str:
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
