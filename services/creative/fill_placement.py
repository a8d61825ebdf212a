"""Fills the slots of one placement: by the policy while candidates and time last, then with the house creative."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from protos.gen.adloom.events.v1 import impression_pb2 as pb
from services.assets.creative import Creative
from services.creative.ad_request import AdRequest, Placement
from services.creative.campaigns.at_request import PlacementCampaigns
from services.creative.candidates.scoring_input import ScoringInput, arms_of, match_of
from services.creative.dependencies import Dependencies
from services.creative.impression_id import impression_id_of
from services.creative.ladder import RUNG_NAMES, Rung
from services.creative.selection import Selection, UserContext
from services.features.vector import TEXT_ENCODED
from services.policies.arms import Arms
from services.policies.assignment import assign
from services.policies.decide import Decision, house_decision
from services.policies.draw import seed_for
from services.policies.posterior import NO_SCORE_RATE, PRIOR_RATE
from services.policies.slate import draw_slate


def fill_placement(
    scoring_input: ScoringInput,
    rung: Rung,
    campaigns: PlacementCampaigns,
    ends_at: float,
    dependencies: Dependencies,
) -> Iterator[Selection]:
    """Exactly `count` selections; the house creative fills slots still open at `ends_at` (monotonic)."""
    placement, ad_request = scoring_input.placement, scoring_input.ad_request
    seeds = [slot_seed(ad_request, placement, slot, dependencies) for slot in range(placement.count)]
    policy = assign(ad_request.user_id, dependencies.experiment)
    slate: Iterator[Decision] = iter(())
    if len(scoring_input.candidate_set):
        arms = arms_of(scoring_input.candidate_set, rung.scores)
        slate = draw_slate(arms, policy, scoring_input.candidate_set.policy_version, seeds, campaigns.left)
    for slot, seed in enumerate(seeds):
        late = dependencies.clock.monotonic() >= ends_at
        decision = None if late else next(slate, None)
        chosen = None if decision is None else _by_policy(scoring_input, rung, slot, decision, campaigns, dependencies)
        if chosen is None:
            chosen = _by_house(scoring_input, slot, seed, "deadline" if late else "candidates", dependencies)
        yield chosen


def slot_seed(ad_request: AdRequest, placement: Placement, slot: int, dependencies: Dependencies) -> bytes:
    """The seed of one slot; that of slot 0 also draws the placement's candidates, as a stream of its own."""
    key, digest = dependencies.seed_key, ad_request.request_digest
    if ad_request.drill_seed:
        key, digest = ad_request.drill_seed, ""
    return seed_for(key, digest, placement.placement_id, slot)


def _by_policy(  # noqa: PLR0913 - all that one selection is made of
    scoring_input: ScoringInput,
    rung: Rung,
    slot: int,
    decision: Decision,
    campaigns: PlacementCampaigns,
    dependencies: Dependencies,
) -> Selection | None:
    """None where the creative has gone since the candidates were taken: no record may say that it was shown."""
    creative = _creative(scoring_input, decision, dependencies)
    if creative is None:
        return None
    row = scoring_input.candidate_set.columns.creative_ids.index(decision.creative_id)
    campaign_id = campaigns.use(decision.creative_id)
    features = scoring_input.vectors.dense[row].copy()  # a view would keep the vectors of all candidates alive
    return Selection(
        *_context(scoring_input, slot, decision, dependencies, campaign_id),
        campaign_id=campaign_id,
        creative=creative,
        decision=decision,
        rung=rung.rung,
        degraded=scoring_input.shopper.degraded + rung.degraded,
        features=features,
        categories=scoring_input.vectors.categories[row].copy(),
        match=match_of(scoring_input, row),
        model_version="" if rung.scores is None else dependencies.model_version,
        catalogue_version=scoring_input.candidate_set.catalogue_version,
        text_encoder=dependencies.text_encoder if features[TEXT_ENCODED] else "",
    )


def _creative(scoring_input: ScoringInput, decision: Decision, dependencies: Dependencies) -> Creative | None:
    if decision.index == decision.arms.guard_index:
        return dependencies.candidate_index.house(scoring_input.placement.format)
    return dependencies.candidate_index.creative(decision.creative_id)


def _by_house(scoring_input: ScoringInput, slot: int, seed: bytes, cause: str, dependencies: Dependencies) -> Selection:
    house = dependencies.candidate_index.house(scoring_input.placement.format)
    variance = NO_SCORE_RATE**2 / PRIOR_RATE
    arms = Arms((house.creative_id,), None, np.array([NO_SCORE_RATE]), np.array([variance]), 0)
    decision = house_decision(arms, scoring_input.candidate_set.policy_version, seed)
    return Selection(
        *_context(scoring_input, slot, decision, dependencies),
        creative=house,
        decision=decision,
        rung=pb.RUNG_HOUSE_CREATIVE,
        degraded=(*scoring_input.shopper.degraded, cause, RUNG_NAMES[pb.RUNG_HOUSE_CREATIVE]),
        features=np.empty(0, dtype=np.float32),
        categories=np.empty(0, dtype=np.int64),
        match=0.0,
        model_version="",
        catalogue_version=scoring_input.candidate_set.catalogue_version,
    )


def _context(
    scoring_input: ScoringInput, slot: int, decision: Decision, dependencies: Dependencies, campaign_id: str = ""
) -> tuple[AdRequest, UserContext, Placement, int, str, datetime]:
    """The first fields of a `Selection`, `ad_request` to `shown_at`, which do not depend on who chose the creative."""
    ad_request, placement = scoring_input.ad_request, scoring_input.placement
    impression_id = impression_id_of(dependencies.seed_key, ad_request, placement, slot, decision, campaign_id)
    return ad_request, scoring_input.shopper, placement, slot, impression_id, dependencies.clock.now()
