"""The creative chosen for one slot, with everything that the response and the decision record contain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.events.v1 import impression_pb2
from services.assets.creative import Creative
from services.creative.ad_request import AdRequest, Placement
from services.features.profile import Profile
from services.policies.decide import Decision


@dataclass(frozen=True, slots=True, eq=False)
class UserContext:
    """What is known about the shopper of a request."""

    profile: Profile
    segment: str
    from_profile: bool  # False: the segment's defaults
    degraded: tuple[str, ...]  # the part that failed to deliver the profile


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """A creative was chosen for one slot."""

    ad_request: AdRequest
    shopper: UserContext
    placement: Placement
    slot: int
    impression_id: str
    shown_at: datetime
    creative: Creative
    decision: Decision
    rung: impression_pb2.Rung
    degraded: tuple[str, ...]
    features: NDArray[np.float32]  # (F,) of the chosen creative; empty for a house creative that fills a slot
    categories: NDArray[np.int64]  # (K,) of the chosen creative; empty likewise
    match: float  # cosine of the shopper's long interest and the product
    model_version: str  # empty where no score of a model was used
    catalogue_version: str
    text_encoder: str = ""  # whose text vector is among the features; empty where none is
    campaign_id: str = ""  # in which it was chosen; empty where none names it
    png: bytes = b""  # the creative's picture; empty if the response refers to it by URI
