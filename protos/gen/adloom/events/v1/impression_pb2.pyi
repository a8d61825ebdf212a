import datetime

from protos.gen.adloom.events.v1 import consent_pb2 as _consent_pb2
from protos.gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Rung(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RUNG_UNSPECIFIED: _ClassVar[Rung]
    RUNG_FRESH_SCORES: _ClassVar[Rung]
    RUNG_LAST_KNOWN_SCORES: _ClassVar[Rung]
    RUNG_POLICY_PRIOR: _ClassVar[Rung]
    RUNG_HOUSE_CREATIVE: _ClassVar[Rung]
RUNG_UNSPECIFIED: Rung
RUNG_FRESH_SCORES: Rung
RUNG_LAST_KNOWN_SCORES: Rung
RUNG_POLICY_PRIOR: Rung
RUNG_HOUSE_CREATIVE: Rung

class Impression(_message.Message):
    __slots__ = ("impression_id", "request_id", "user_id", "placement_id", "format", "slot", "shown_at", "creative_id", "product_id", "policy_id", "policy_version", "propensity", "context", "candidates", "scores", "posterior_means", "posterior_variances", "probabilities", "floor", "draws", "guard_index", "seed", "generator", "features", "categories", "feature_version", "model_version", "catalogue_version", "segment", "rung", "degraded", "target_propensities", "foreign", "experiment_arm", "default_profile", "invalid_traffic", "inclusion_chances", "campaign_id", "consent", "render_pixel", "text_encoder")
    class TargetPropensitiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    IMPRESSION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    SHOWN_AT_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    PROPENSITY_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    POSTERIOR_MEANS_FIELD_NUMBER: _ClassVar[int]
    POSTERIOR_VARIANCES_FIELD_NUMBER: _ClassVar[int]
    PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    DRAWS_FIELD_NUMBER: _ClassVar[int]
    GUARD_INDEX_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    GENERATOR_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    FEATURE_VERSION_FIELD_NUMBER: _ClassVar[int]
    MODEL_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    RUNG_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    TARGET_PROPENSITIES_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_FIELD_NUMBER: _ClassVar[int]
    EXPERIMENT_ARM_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_PROFILE_FIELD_NUMBER: _ClassVar[int]
    INVALID_TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    INCLUSION_CHANCES_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    RENDER_PIXEL_FIELD_NUMBER: _ClassVar[int]
    TEXT_ENCODER_FIELD_NUMBER: _ClassVar[int]
    impression_id: str
    request_id: str
    user_id: str
    placement_id: str
    format: str
    slot: int
    shown_at: _timestamp_pb2.Timestamp
    creative_id: str
    product_id: str
    policy_id: str
    policy_version: int
    propensity: float
    context: RequestContext
    candidates: _containers.RepeatedScalarFieldContainer[str]
    scores: _containers.RepeatedScalarFieldContainer[float]
    posterior_means: _containers.RepeatedScalarFieldContainer[float]
    posterior_variances: _containers.RepeatedScalarFieldContainer[float]
    probabilities: _containers.RepeatedScalarFieldContainer[float]
    floor: float
    draws: int
    guard_index: int
    seed: bytes
    generator: str
    features: _containers.RepeatedScalarFieldContainer[float]
    categories: _containers.RepeatedScalarFieldContainer[int]
    feature_version: str
    model_version: str
    catalogue_version: str
    segment: str
    rung: Rung
    degraded: _containers.RepeatedScalarFieldContainer[str]
    target_propensities: _containers.ScalarMap[str, float]
    foreign: bool
    experiment_arm: str
    default_profile: bool
    invalid_traffic: str
    inclusion_chances: _containers.RepeatedScalarFieldContainer[float]
    campaign_id: str
    consent: _consent_pb2.Consent
    render_pixel: bool
    text_encoder: str
    def __init__(self, impression_id: _Optional[str] = ..., request_id: _Optional[str] = ..., user_id: _Optional[str] = ..., placement_id: _Optional[str] = ..., format: _Optional[str] = ..., slot: _Optional[int] = ..., shown_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., creative_id: _Optional[str] = ..., product_id: _Optional[str] = ..., policy_id: _Optional[str] = ..., policy_version: _Optional[int] = ..., propensity: _Optional[float] = ..., context: _Optional[_Union[RequestContext, _Mapping]] = ..., candidates: _Optional[_Iterable[str]] = ..., scores: _Optional[_Iterable[float]] = ..., posterior_means: _Optional[_Iterable[float]] = ..., posterior_variances: _Optional[_Iterable[float]] = ..., probabilities: _Optional[_Iterable[float]] = ..., floor: _Optional[float] = ..., draws: _Optional[int] = ..., guard_index: _Optional[int] = ..., seed: _Optional[bytes] = ..., generator: _Optional[str] = ..., features: _Optional[_Iterable[float]] = ..., categories: _Optional[_Iterable[int]] = ..., feature_version: _Optional[str] = ..., model_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., segment: _Optional[str] = ..., rung: _Optional[_Union[Rung, str]] = ..., degraded: _Optional[_Iterable[str]] = ..., target_propensities: _Optional[_Mapping[str, float]] = ..., foreign: _Optional[bool] = ..., experiment_arm: _Optional[str] = ..., default_profile: _Optional[bool] = ..., invalid_traffic: _Optional[str] = ..., inclusion_chances: _Optional[_Iterable[float]] = ..., campaign_id: _Optional[str] = ..., consent: _Optional[_Union[_consent_pb2.Consent, _Mapping]] = ..., render_pixel: _Optional[bool] = ..., text_encoder: _Optional[str] = ...) -> None: ...

class RequestContext(_message.Message):
    __slots__ = ("locale", "device", "page", "query", "time", "utc_offset_minutes")
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    UTC_OFFSET_MINUTES_FIELD_NUMBER: _ClassVar[int]
    locale: str
    device: str
    page: str
    query: str
    time: _timestamp_pb2.Timestamp
    utc_offset_minutes: int
    def __init__(self, locale: _Optional[str] = ..., device: _Optional[str] = ..., page: _Optional[str] = ..., query: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., utc_offset_minutes: _Optional[int] = ...) -> None: ...
