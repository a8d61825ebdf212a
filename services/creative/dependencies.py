"""Everything that `select` needs besides the request."""

from __future__ import annotations

from dataclasses import dataclass

from services.common.clock import Clock
from services.creative.campaigns.at_request import Campaigns
from services.creative.candidates.frequency import FrequencyCaps
from services.creative.candidates.index import CandidateIndex
from services.creative.scoring.last_scores import LastKnownScores
from services.features.ports import RequestProfiles
from services.models.ports import Scorer


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The process's clients, caches and keys, handed down by `main.py`."""

    clock: Clock
    profiles: RequestProfiles
    scorer: Scorer
    model_version: str
    candidate_index: CandidateIndex
    campaigns: Campaigns
    last_known: LastKnownScores
    caps: FrequencyCaps
    seed_key: bytes
    experiment: str  # salt of the control share
    text_encoder: str = ""  # version whose text vectors are among the features
