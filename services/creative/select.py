"""The path of a request, top to bottom: profile -> candidates -> scores -> policy -> selections."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from services.assets.language import primary
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.ad_request import AdRequest
from services.creative.campaigns.at_request import RequestCampaigns
from services.creative.candidates.retrieve import candidates
from services.creative.candidates.scoring_input import ScoringInput, build_scoring_input, request_facts
from services.creative.candidates.spoken import number_of
from services.creative.dependencies import Dependencies
from services.creative.fill_placement import fill_placement, slot_seed
from services.creative.ladder import Rung, fallback_rung, fresh_rung
from services.creative.scoring.score import fresh_scores
from services.creative.selection import Selection, UserContext
from services.creative.time_budget import TimeBudget
from services.features.profile import Profile
from services.features.segments import segment_of


async def select(ad_request: AdRequest, budget: TimeBudget, dependencies: Dependencies) -> list[Selection]:
    """Exactly as many selections as were requested, in the requested order, before the budget ends.

    Raises nothing for a part that is late or down: a lower rung of the ladder answers (law 1).
    """
    campaigns = dependencies.campaigns.begin(ad_request)
    try:
        shopper = await _shopper(ad_request, campaigns, budget, dependencies)
        return await _chosen(ad_request, shopper, campaigns, budget, dependencies)
    finally:
        campaigns.settle()  # also where the answer is not wanted any more


async def _shopper(
    ad_request: AdRequest, campaigns: RequestCampaigns, budget: TimeBudget, dependencies: Dependencies
) -> UserContext:
    """The shopper's profile, and at the same time what caps of campaigns leave the shopper."""
    if not campaigns.has_caps:
        return await load_profile(ad_request, budget, dependencies)
    counting = campaigns.count(budget.profile_by - dependencies.clock.monotonic())
    shopper, lost = await asyncio.gather(load_profile(ad_request, budget, dependencies), counting)
    if lost and lost not in shopper.degraded:
        shopper = replace(shopper, degraded=(*shopper.degraded, lost))
    return shopper


async def _chosen(
    ad_request: AdRequest,
    shopper: UserContext,
    campaigns: RequestCampaigns,
    budget: TimeBudget,
    dependencies: Dependencies,
) -> list[Selection]:
    counted = ad_request.personal and not ad_request.drill_seed
    capped = dependencies.caps.capped(ad_request.user_id, dependencies.clock.monotonic()) if counted else frozenset()
    scoring_inputs, at_placements, language = [], [], number_of(primary(ad_request.locale))
    for placement in ad_request.placements:
        there = campaigns.at(request_facts(placement, shopper, ad_request), dependencies.campaigns.refresh())
        eligible = dependencies.candidate_index.eligible(placement.format, ad_request.product_ids, there.rule, language)
        seed = slot_seed(ad_request, placement, 0, dependencies)
        narrowed = candidates(eligible, shopper.profile, capped, placement.count, seed)
        there.choose_from(narrowed.row_by_id)
        scoring_inputs.append(build_scoring_input(placement, narrowed, shopper, ad_request))
        at_placements.append(there)
    rungs = await score_or_fall_back(scoring_inputs, shopper, budget, dependencies)
    chosen = [
        selection
        for scoring_input, rung, there in zip(scoring_inputs, rungs, at_placements, strict=True)
        for selection in fill_placement(scoring_input, rung, there, budget.ends_at, dependencies)
    ]
    if counted and ad_request.consent.profile:  # what a shopper has seen is a profile, too
        for selection in chosen:
            dependencies.caps.served(ad_request.user_id, selection.creative.creative_id, dependencies.clock.monotonic())
    return chosen


async def load_profile(ad_request: AdRequest, budget: TimeBudget, dependencies: Dependencies) -> UserContext:
    """The shopper's profile, or the defaults if reading it is not allowed, fails or finds none."""
    unknown = segment_of(Profile(), ad_request.device, ad_request.query, ad_request.time)
    if not ad_request.personal:
        return UserContext(Profile(), unknown, from_profile=False, degraded=())
    try:
        reading = await dependencies.profiles.read(
            ad_request.user_id, unknown, budget.profile_by - dependencies.clock.monotonic()
        )
    except Unavailable as lost:
        METRICS.degraded.labels(lost.part).inc()
        return UserContext(Profile(), unknown, from_profile=False, degraded=(lost.part,))
    if reading.default:
        return UserContext(reading.profile, unknown, from_profile=False, degraded=())
    segment = segment_of(reading.profile, ad_request.device, ad_request.query, ad_request.time)
    return UserContext(reading.profile, segment, from_profile=True, degraded=())


async def score_or_fall_back(
    scoring_inputs: Sequence[ScoringInput], shopper: UserContext, budget: TimeBudget, dependencies: Dependencies
) -> list[Rung]:
    """The rung for each scoring input; remembers fresh scores for later requests that get none."""
    ids_of_each = [scoring_input.candidate_set.columns.creative_ids for scoring_input in scoring_inputs]
    try:
        left = budget.scored_by - dependencies.clock.monotonic()
        fresh = await fresh_scores(
            dependencies.scorer, [scoring_input.vectors for scoring_input in scoring_inputs], left
        )
    except Unavailable as lost:
        METRICS.degraded.labels(lost.part).inc()
        return [fallback_rung(dependencies.last_known.known(shopper.segment, ids)) for ids in ids_of_each]
    for ids, scores in zip(ids_of_each, fresh, strict=True):
        dependencies.last_known.remember(shopper.segment, ids, scores)
    return [fresh_rung(scores) for scores in fresh]
