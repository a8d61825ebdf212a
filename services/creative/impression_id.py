"""The id of an impression: a keyed digest of the finished decision and everything that it depends on.

A different decision has a different id. One id therefore never names two creatives or two propensities, even where a
caller reuses request ids, or a replica or a restarted process has another state. Decisions about one request that are
equal bit for bit have the same id on every replica.
"""

from __future__ import annotations

import json

from services.common.keyed_digest import keyed_digest
from services.creative.ad_request import AdRequest, Placement
from services.policies.decide import Decision


def impression_id_of(  # noqa: PLR0913 - all that makes an impression
    key: bytes, ad_request: AdRequest, placement: Placement, slot: int, decision: Decision, campaign_id: str = ""
) -> str:
    """`i-` + 32 hex digits over user, placement, campaign and decision, whose seed covers the rest of the request."""
    arms = decision.arms
    where = (ad_request.user_id, ad_request.request_id, placement.placement_id, placement.format, slot)
    drawn = (decision.policy_id, decision.policy_version, decision.exploration_floor, decision.draws, decision.index)
    facts = (where, campaign_id, drawn, decision.target_propensities, arms.creative_ids, arms.guard_index)
    vectors = (decision.probabilities, arms.means, arms.variances, arms.scores, arms.inclusion)
    parts = [
        json.dumps(facts, sort_keys=True).encode(),
        decision.seed,
        *(b"" if vector is None else vector.tobytes() for vector in vectors),
    ]
    return f"i-{keyed_digest(key, [b'impression', *parts]).hex()[:32]}"
