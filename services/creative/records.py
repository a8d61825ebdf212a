"""Encodes selections as decision records: self-contained messages for Kafka (law 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from numpy.typing import NDArray

from protos.gen.adloom.events.v1.consent_pb2 import Consent
from protos.gen.adloom.events.v1.impression_pb2 import Impression, RequestContext
from services.common.packed import add_packed
from services.common.rng import GENERATOR
from services.creative.ad_request import AdRequest
from services.creative.selection import Selection
from services.features.invalid_traffic import invalid_traffic
from services.features.vector import FEATURE_VERSION
from services.policies.assignment import DRILL, EXPERIMENT_GROUPS
from services.policies.decide import Decision
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record

SOURCE = "creative"


def record_of(selection: Selection) -> Record:
    """The selection as a record for `ad.impressions`; its event id is the impression id, which exposes duplicates."""
    return encode(
        impression_of(selection),
        event_id=selection.impression_id,
        source=SOURCE,
        time=selection.shown_at,
        key=selection.ad_request.user_id.encode(),
    )


def impression_of(selection: Selection) -> Impression:
    """The impression, with everything that the choice depended on."""
    impression = Impression(**_served(selection), **_known(selection), **_drawn(selection.decision))
    add_packed(impression, _numbers(selection))
    return impression


def _served(selection: Selection) -> dict[str, Any]:
    """What was served to whom, where and when."""
    shown_at = Timestamp()
    shown_at.FromDatetime(selection.shown_at)
    return {
        "impression_id": selection.impression_id,
        "request_id": selection.ad_request.request_id,
        "user_id": selection.ad_request.user_id,
        "placement_id": selection.placement.placement_id,
        "format": selection.placement.format,
        "slot": selection.slot,
        "shown_at": shown_at,
        "product_id": selection.creative.product_id,
        "campaign_id": selection.campaign_id,
        "context": _context(selection.ad_request),
        "consent": _consent(selection.ad_request),
        "render_pixel": selection.placement.render_pixel,
        "experiment_arm": DRILL if selection.ad_request.drill_seed else EXPERIMENT_GROUPS[selection.decision.policy_id],
    }


def _known(selection: Selection) -> dict[str, Any]:
    """What was known about the shopper and the creative, and which rung of the ladder answered."""
    return {
        "categories": selection.categories.tolist(),
        "feature_version": FEATURE_VERSION if selection.features.size else "",
        "text_encoder": selection.text_encoder,
        "model_version": selection.model_version,
        "catalogue_version": selection.catalogue_version,
        "segment": selection.shopper.segment,
        "default_profile": not selection.shopper.from_profile,
        "rung": selection.rung,
        "degraded": selection.degraded,
        "invalid_traffic": invalid_traffic(selection.shopper.profile, selection.shown_at),
    }


def _drawn(decision: Decision) -> dict[str, Any]:
    """What a replay needs besides the numeric vectors: candidates, policy, seed, and the decision they led to."""
    arms = decision.arms
    return {
        "creative_id": decision.creative_id,
        "policy_id": decision.policy_id,
        "policy_version": decision.policy_version,
        "propensity": decision.propensity,
        "candidates": arms.creative_ids,
        "floor": decision.exploration_floor,
        "draws": decision.draws,
        "guard_index": arms.guard_index,
        "seed": decision.seed,
        "generator": GENERATOR,
        "target_propensities": decision.target_propensities,
    }


def _numbers(selection: Selection) -> dict[str, NDArray[Any]]:
    """The vectors: one number per candidate, (C,), and the model's input for the chosen creative, (F,)."""
    arms = selection.decision.arms
    scores = {} if arms.scores is None else {"scores": arms.scores}
    inclusion = {} if arms.inclusion is None else {"inclusion_chances": arms.inclusion}
    return (
        scores
        | inclusion
        | {
            "posterior_means": arms.means,
            "posterior_variances": arms.variances,
            "probabilities": selection.decision.probabilities,
            "features": selection.features,
        }
    )


def _consent(ad_request: AdRequest) -> Consent:
    return Consent(profile=ad_request.consent.profile, personalise=ad_request.consent.personalise)


def _context(ad_request: AdRequest) -> RequestContext:
    time = Timestamp()
    time.FromDatetime(ad_request.time)
    return RequestContext(
        locale=ad_request.locale,
        device=ad_request.device,
        page=ad_request.page,
        query=ad_request.query,
        time=time,
        utc_offset_minutes=(ad_request.time.utcoffset() or timedelta(0)) // timedelta(minutes=1),
    )
