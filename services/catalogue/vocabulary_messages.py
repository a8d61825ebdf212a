"""Messages on `ad.vocabulary`: the newest vocabulary by the version of the features that read it; pure."""

from __future__ import annotations

from datetime import datetime

from services.catalogue.vocabulary import Vocabulary
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord, Record


def record_of(vocabulary: Vocabulary, source: str, time: datetime) -> Record:
    """The message of a vocabulary; its event id is the same where the same version is sent again."""
    event_id = f"{vocabulary.feature_version}-{vocabulary.version}"
    return encode(vocabulary, event_id=event_id, source=source, time=time, key=vocabulary.feature_version.encode())


def read_vocabulary(raw: RawRecord) -> Vocabulary | DeadLetter:
    """The vocabulary in a message, or its dead letter."""
    found = decode_or_dead_letter(raw)
    if isinstance(found, DeadLetter):
        return found
    return found.message if isinstance(found.message, Vocabulary) else dead_letter_of(raw, "invalid")
