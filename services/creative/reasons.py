"""Why this ad was chosen, in true sentences that may be shown to the shopper."""

from __future__ import annotations

from typing import Final

from protos.gen.adloom.events.v1 import impression_pb2
from services.creative.selection import Selection
from services.policies.assignment import UNIFORM

GOOD_MATCH: Final = 0.3
"""Smallest cosine of interest and product at which the product counts as similar to what the shopper looked at."""


def reasons(selection: Selection) -> tuple[str, ...]:
    """At least one reason; states whether the profile was used, and calls a choice personal only if it was."""
    return (_why(selection), _about_profile(selection))


def _why(selection: Selection) -> str:
    if not selection.creative.product_id:
        return "An ad of the shop itself."
    if selection.decision.policy_id == UNIFORM:
        return "Chosen at random, to find out which ads are useful."
    if selection.rung == impression_pb2.RUNG_POLICY_PRIOR:
        return "Chosen by how often this ad was clicked by all shoppers."
    if selection.shopper.from_profile and selection.match >= GOOD_MATCH:
        return "Similar to products that you looked at in this shop."
    return "Likely to be useful on this page, by what shoppers clicked before."


def _about_profile(selection: Selection) -> str:
    ad_request = selection.ad_request
    if selection.shopper.from_profile and selection.decision.policy_id != UNIFORM and selection.creative.product_id:
        return "What you did in this shop was used for the choice."
    if ad_request.known and not ad_request.personal:
        return "What you did in this shop was not used, as you have not allowed it."
    return "What you did in this shop was not used for the choice."
