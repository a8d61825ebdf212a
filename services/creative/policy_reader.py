"""Follows `ad.policy` and holds its newest posterior.

The newest whole version is used (`Position.follows`), also if the topic was given more partitions; before the first one
the prior is used. Bad messages become dead letters. A restart sends them again under the same ids, which are made from
offsets.
"""

from __future__ import annotations

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.common.errors import Rejected
from services.common.metrics import METRICS
from services.common.topics import POLICY
from services.policies.assignment import THOMPSON
from services.policies.posterior import PRIOR, Posterior
from services.policies.posterior_codec import check_version, posterior_of
from services.policies.posterior_parts import WholeVersions
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.envelope import Position, RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing


class PolicyReader(Refusing):
    """Holds the newest posterior in `current`, which is replaced atomically; reading it never blocks."""

    def __init__(self, bootstrap: str) -> None:
        """Set `refuse`, which takes the dead letters, before `follower` is started."""
        self.current: Posterior = PRIOR
        self._position: Position | None = None  # of the last message of `current`
        self._versions = WholeVersions()
        self.follower = CompactedFollower(bootstrap, POLICY, self.apply)

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = decode_or_dead_letter(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
            return
        assert isinstance(found.message, PolicyVersion)
        if found.message.policy_id != THOMPSON or not raw.position().follows(self._position):
            return
        try:
            check_version(found.message)
            whole = self._versions.add(found.message)
            if whole is not None:
                self.current = posterior_of(whole)
                self._position = raw.position()
                METRICS.policy_version.set(self.current.version)
        except Rejected as bad:
            self.bury(dead_letter_of(raw, bad.reason))
