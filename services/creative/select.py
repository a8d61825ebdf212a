"""The way of a request, top to bottom: profile -> candidates -> scores -> policy -> what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.ad_request import AdRequest
from services.creative.budget import Budget
from services.creative.candidates.retrieve import candidates
from services.creative.candidates.scoring_input import ScoringInput, build_scoring_input
from services.creative.dependencies import Dependencies
from services.creative.fill_placement import fill_placement
from services.creative.ladder import Rung, fallback_step, fresh_step
from services.creative.scoring.score import fresh_scores
from services.creative.selection import Selection, UserContext
from services.features.profile import Profile
from services.features.segments import segment_of


async def select(ad_request: AdRequest, budget: Budget, parts: Dependencies) -> list[Selection]:
    """Exactly as many choices as were asked for, in the order asked, before the budget ends.

    Raises nothing for a part that is late or down: a lower step of the ladder answers (law 1).
    """
    shopper = await load_profile(ad_request, budget, parts)
    counted = ad_request.personal and not ad_request.drill_seed
    capped = parts.caps.capped(ad_request.user_id, parts.clock.monotonic()) if counted else frozenset()
    boards = []
    for place in ad_request.places:
        candidate_set = parts.candidate_index.candidate_set(place.format, ad_request.product_ids)
        boards.append(
            build_scoring_input(
                place, candidates(candidate_set, shopper.profile, capped, place.count), shopper, ad_request
            )
        )
    steps = await score_or_fall_back(boards, shopper, budget, parts)
    chosen = [
        selected
        for scoring_input, step in zip(boards, steps, strict=True)
        for selected in fill_placement(scoring_input, step, budget.ends_at, parts)
    ]
    if counted:
        for selected in chosen:
            parts.caps.served(ad_request.user_id, selected.creative.creative_id, parts.clock.monotonic())
    return chosen


async def load_profile(ad_request: AdRequest, budget: Budget, parts: Dependencies) -> UserContext:
    """The shopper's profile, or the defaults where it may not, cannot or need not be read."""
    unknown = segment_of(Profile(), ad_request.device, ad_request.query, ad_request.time)
    if not ad_request.personal:
        return UserContext(Profile(), unknown, from_profile=False, degraded=())
    try:
        reading = await parts.profiles.read(ad_request.user_id, unknown, budget.profile_by - parts.clock.monotonic())
    except Unavailable as lost:
        METRICS.degraded.labels(lost.part).inc()
        return UserContext(Profile(), unknown, from_profile=False, degraded=(lost.part,))
    if reading.default:
        return UserContext(reading.profile, unknown, from_profile=False, degraded=())
    segment = segment_of(reading.profile, ad_request.device, ad_request.query, ad_request.time)
    return UserContext(reading.profile, segment, from_profile=True, degraded=())


async def score_or_fall_back(
    boards: Sequence[ScoringInput], shopper: UserContext, budget: Budget, parts: Dependencies
) -> list[Rung]:
    """The ladder's step for each board; fresh scores are remembered for the time when there are none."""
    ids = [scoring_input.candidate_set.columns.creative_ids for scoring_input in boards]
    try:
        left = budget.scored_by - parts.clock.monotonic()
        fresh = await fresh_scores(parts.scorer, [scoring_input.vectors for scoring_input in boards], left)
    except Unavailable as lost:
        METRICS.degraded.labels(lost.part).inc()
        return [fallback_step(parts.last_known.known(shopper.segment, some)) for some in ids]
    for some, scores in zip(ids, fresh, strict=True):
        parts.last_known.remember(shopper.segment, some, scores)
    return [fresh_step(scores) for scores in fresh]
