import datetime

from protos.gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OutcomeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_KIND_UNSPECIFIED: _ClassVar[OutcomeKind]
    CLICKED: _ClassVar[OutcomeKind]
    IGNORED: _ClassVar[OutcomeKind]
    ORDERED: _ClassVar[OutcomeKind]
OUTCOME_KIND_UNSPECIFIED: OutcomeKind
CLICKED: OutcomeKind
IGNORED: OutcomeKind
ORDERED: OutcomeKind

class Outcome(_message.Message):
    __slots__ = ("outcome_id", "impression_id", "user_id", "kind", "value_minor", "shown_at", "settled_at", "delay_ms", "policy_id", "policy_version", "creative_id", "slot", "propensity", "target_propensities", "foreign", "window_closed", "score", "product_id", "placement_id", "segment", "invalid_traffic", "currency", "render_pixel", "rendered", "no_training", "no_posterior", "campaign_id")
    class TargetPropensitiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    OUTCOME_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHOWN_AT_FIELD_NUMBER: _ClassVar[int]
    SETTLED_AT_FIELD_NUMBER: _ClassVar[int]
    DELAY_MS_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    PROPENSITY_FIELD_NUMBER: _ClassVar[int]
    TARGET_PROPENSITIES_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_FIELD_NUMBER: _ClassVar[int]
    WINDOW_CLOSED_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    INVALID_TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    RENDER_PIXEL_FIELD_NUMBER: _ClassVar[int]
    RENDERED_FIELD_NUMBER: _ClassVar[int]
    NO_TRAINING_FIELD_NUMBER: _ClassVar[int]
    NO_POSTERIOR_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    outcome_id: str
    impression_id: str
    user_id: str
    kind: OutcomeKind
    value_minor: int
    shown_at: _timestamp_pb2.Timestamp
    settled_at: _timestamp_pb2.Timestamp
    delay_ms: int
    policy_id: str
    policy_version: int
    creative_id: str
    slot: int
    propensity: float
    target_propensities: _containers.ScalarMap[str, float]
    foreign: bool
    window_closed: bool
    score: float
    product_id: str
    placement_id: str
    segment: str
    invalid_traffic: str
    currency: str
    render_pixel: bool
    rendered: bool
    no_training: bool
    no_posterior: bool
    campaign_id: str
    def __init__(self, outcome_id: _Optional[str] = ..., impression_id: _Optional[str] = ..., user_id: _Optional[str] = ..., kind: _Optional[_Union[OutcomeKind, str]] = ..., value_minor: _Optional[int] = ..., shown_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., settled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., delay_ms: _Optional[int] = ..., policy_id: _Optional[str] = ..., policy_version: _Optional[int] = ..., creative_id: _Optional[str] = ..., slot: _Optional[int] = ..., propensity: _Optional[float] = ..., target_propensities: _Optional[_Mapping[str, float]] = ..., foreign: _Optional[bool] = ..., window_closed: _Optional[bool] = ..., score: _Optional[float] = ..., product_id: _Optional[str] = ..., placement_id: _Optional[str] = ..., segment: _Optional[str] = ..., invalid_traffic: _Optional[str] = ..., currency: _Optional[str] = ..., render_pixel: _Optional[bool] = ..., rendered: _Optional[bool] = ..., no_training: _Optional[bool] = ..., no_posterior: _Optional[bool] = ..., campaign_id: _Optional[str] = ...) -> None: ...
