"""Follows `ad.creatives` and keeps the links of those creatives that lead to a page of their own."""

from __future__ import annotations

from services.assets.creative_messages import read_creative
from services.common.topics import CREATIVES
from services.web.tracking.address import sendable
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower


class KafkaCreativeLinks:
    """Links by creative id in `links`; only few creatives have one."""

    def __init__(self, bootstrap: str) -> None:
        self.links: dict[str, str] = {}
        self.follower = CompactedFollower(bootstrap, CREATIVES, self.apply)

    def apply(self, raw: RawRecord) -> None:
        """Applies one message; what is no creative is left to `creative`, which makes a dead letter of it."""
        found = read_creative(raw)
        if isinstance(found, DeadLetter):
            return
        link = sendable(found.message.link) if found.message is not None else None
        if link:
            self.links[found.creative_id] = link
        else:
            self.links.pop(found.creative_id, None)
