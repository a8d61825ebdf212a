"""Keeps events out of profiles whose shoppers allow none (law 7); pure.

Nothing of such an event is kept, its id neither: of several copies of one event, the first that allows a profile
counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from protos.gen.adloom.events.v1 import events_pb2
from services.common.consent import Consent, completed
from services.profiles.apply import Fates
from services.wire.codec.envelope import Envelope

WITHOUT_CONSENT: Final = "without_consent"


def with_consent(events: Sequence[Envelope], otherwise: Consent) -> tuple[Sequence[Envelope], Fates]:
    """The events that may enter a profile, and how many may not, by topic; `otherwise` is for those that do not say."""
    kept = [event for event in events if _allows_profile(event, otherwise)]
    if len(kept) == len(events):
        return events, _NONE
    fates = Counter((event.topic, WITHOUT_CONSENT) for event in events)
    fates.subtract((event.topic, WITHOUT_CONSENT) for event in kept)
    return kept, +fates


def _allows_profile(event: Envelope, otherwise: Consent) -> bool:
    message = event.message
    if isinstance(message, _BY_SHOPPERS) and message.HasField("consent"):
        return completed(message.consent, otherwise).profile
    return otherwise.profile


_NONE: Final[Fates] = Counter()  # not made anew for each shopper of a batch
_BY_SHOPPERS: Final = (events_pb2.View, events_pb2.Click, events_pb2.Order)
