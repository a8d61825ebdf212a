"""What `feast apply` finds here: the definitions live with the code that reads and writes them."""

from services.features.feast_definitions import (
    DEFINITIONS,
    creative,
    creative_push,
    ctr_v2,
    profile,
    profile_push,
    segment,
    segment_defaults,
    segment_push,
    user,
)

__all__ = [
    "DEFINITIONS",
    "creative",
    "creative_push",
    "ctr_v2",
    "profile",
    "profile_push",
    "segment",
    "segment_defaults",
    "segment_push",
    "user",
]
