"""The candidates of one placement with the model's input for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.creative.ad_request import AdRequest, Placement
from services.creative.candidates.candidate_set import CandidateSet
from services.creative.selection import UserContext
from services.features.profile import INTEREST
from services.features.vector import RequestFacts, Vectors, build
from services.policies.arms import Arms, Floats
from services.policies.posterior import NO_SCORE_RATE, click_probability


@dataclass(frozen=True, slots=True, eq=False)
class ScoringInput:
    """C candidates for a placement; C may be 0."""

    ad_request: AdRequest
    shopper: UserContext
    placement: Placement
    candidate_set: CandidateSet
    vectors: Vectors  # (C, F) and (C, K)


def request_facts(placement: Placement, shopper: UserContext, ad_request: AdRequest) -> RequestFacts:
    """What the request declares about a placement and the shopper."""
    return RequestFacts(
        locale=ad_request.locale,
        device=ad_request.device,
        page=ad_request.page,
        query=ad_request.query,
        time=ad_request.time,
        segment=shopper.segment,
        placement_id=placement.placement_id,
        format=placement.format,
    )


def build_scoring_input(
    placement: Placement, candidate_set: CandidateSet, shopper: UserContext, ad_request: AdRequest
) -> ScoringInput:
    """The scoring input of a placement, with all decayed features decayed to the request's time."""
    facts = request_facts(placement, shopper, ad_request)
    vectors = build(shopper.profile, facts, candidate_set.columns, ad_request.time)
    return ScoringInput(ad_request, shopper, placement, candidate_set, vectors)


def arms_of(candidate_set: CandidateSet, scores: Floats | None) -> Arms:
    """The arms of at least one candidate: the model's score, or else `NO_SCORE_RATE`, times the CTR multiplier."""
    base = np.full(len(candidate_set), NO_SCORE_RATE) if scores is None else scores
    means, variances = click_probability(
        base, candidate_set.ctr_multiplier_means, candidate_set.ctr_multiplier_variances
    )
    return Arms(
        candidate_set.columns.creative_ids, scores, means, variances, candidate_set.guard_index, candidate_set.inclusion
    )


def match_of(scoring_input: ScoringInput, row: int) -> float:
    """Cosine of the shopper's long interest and the candidate's product, 0 if either is unknown."""
    interest = scoring_input.shopper.profile.decayed[-1, INTEREST:]
    length = float(np.sqrt(interest @ interest))
    return float(scoring_input.candidate_set.columns.product_vectors[row] @ interest) / length if length > 0 else 0.0
