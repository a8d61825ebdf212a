"""Feast's entities, views and services.

Values that are read together are stored as one array: a row of few arrays is three times cheaper to build and to read
than a row of many scalars. `services.features.profile` names the positions in the arrays (a test compares them).
"""

from __future__ import annotations

from feast import Entity, FeatureService, FeatureView, Field, FileSource, PushSource, ValueType
from feast.types import Array, Float64, Int64

user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.STRING, description="A shopper's pseudonym")
creative = Entity(
    name="creative",
    join_keys=["creative_id"],
    value_type=ValueType.STRING,
    description="A creative; declared for later",
)
segment = Entity(name="segment", join_keys=["segment"], value_type=ValueType.STRING, description="A segment's name")


def _push_source(name: str, description: str = "") -> PushSource:
    """The source into which rows are pushed by name (`FeatureStore.push`); Feast requires a file for batch history."""
    history = FileSource(name=f"{name}_history", path=f"{name}.parquet", timestamp_field="event_timestamp")
    return PushSource(name=f"{name}_push", batch_source=history, description=description)


profile_push = _push_source("profile_2")
creative_push = _push_source(
    "creative_statistics", "Declared for later: no process writes features of creatives yet, so no view uses it"
)
segment_push = _push_source("segment_defaults_2")

_PROFILE = [
    Field(
        name="integers",
        dtype=Array(Int64),
        description="services.features.profile.INTEGERS, then money: currency, minor units",
    ),
    Field(
        name="decayed", dtype=Array(Float64), description="half-lives x services.features.profile.DECAYED, row by row"
    ),
    Field(name="appended_us", dtype=Int64, description="LogAppendTime of the newest event in it, microseconds"),
]

profile = FeatureView(
    name="profile_2",
    entities=[user],
    schema=_PROFILE,
    source=profile_push,
    description="A shopper's whole profile, written as absolute values by the worker `profiles`",
)
segment_defaults = FeatureView(
    name="segment_defaults_2",
    entities=[segment],
    schema=_PROFILE,
    source=segment_push,
    description="The default profile of a segment, for shoppers without a profile",
)
ctr_v2 = FeatureService(
    name="ctr_v2", features=[profile], description="The features of a shopper that the CTR model uses"
)
ENTITIES = (user, creative, segment)
VIEWS = (profile, segment_defaults)
SERVICES = (ctr_v2,)
DEFINITIONS = (*ENTITIES, profile_push, creative_push, segment_push, *VIEWS, *SERVICES)
