"""Why this ad, in words that may be shown to the shopper and are true."""

from __future__ import annotations

from typing import Final

from protos.gen.adloom.events.v1 import impression_pb2
from services.creative.selection import Selected
from services.policies.assignment import UNIFORM

GOOD_MATCH: Final = 0.3
"""From this cosine of interest and product on, the product is like what the shopper looked at."""


def reasons(selected: Selected) -> tuple[str, ...]:
    """At least one reason; says whether the profile was used, and never claims a personal choice that was not one."""
    return (_why(selected), _about_profile(selected))


def _why(selected: Selected) -> str:
    if not selected.creative.product_id:
        return "An ad of the shop itself."
    if selected.decision.policy_id == UNIFORM:
        return "Chosen at random, to find out which ads are useful."
    if selected.rung == impression_pb2.RUNG_POLICY_PRIOR:
        return "Chosen by how often this ad was clicked by all shoppers."
    if selected.shopper.from_profile and selected.match >= GOOD_MATCH:
        return "Similar to products that you looked at in this shop."
    return "Likely to be useful on this page, by what shoppers clicked before."


def _about_profile(selected: Selected) -> str:
    question = selected.question
    if selected.shopper.from_profile and selected.decision.policy_id != UNIFORM and selected.creative.product_id:
        return "What you did in this shop was used for the choice."
    if question.known and not question.personal:
        return "What you did in this shop was not used, as you asked."
    return "What you did in this shop was not used for the choice."
