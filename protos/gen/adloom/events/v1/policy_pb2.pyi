import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PolicyVersion(_message.Message):
    __slots__ = ("policy_id", "version", "updated_at", "arms", "included_offsets", "prior_shape", "prior_rate", "part", "parts")
    class IncludedOffsetsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: int
        def __init__(self, key: _Optional[int] = ..., value: _Optional[int] = ...) -> None: ...
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    ARMS_FIELD_NUMBER: _ClassVar[int]
    INCLUDED_OFFSETS_FIELD_NUMBER: _ClassVar[int]
    PRIOR_SHAPE_FIELD_NUMBER: _ClassVar[int]
    PRIOR_RATE_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    version: int
    updated_at: _timestamp_pb2.Timestamp
    arms: _containers.RepeatedCompositeFieldContainer[ArmPosterior]
    included_offsets: _containers.ScalarMap[int, int]
    prior_shape: float
    prior_rate: float
    part: int
    parts: int
    def __init__(self, policy_id: _Optional[str] = ..., version: _Optional[int] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arms: _Optional[_Iterable[_Union[ArmPosterior, _Mapping]]] = ..., included_offsets: _Optional[_Mapping[int, int]] = ..., prior_shape: _Optional[float] = ..., prior_rate: _Optional[float] = ..., part: _Optional[int] = ..., parts: _Optional[int] = ...) -> None: ...

class ArmPosterior(_message.Message):
    __slots__ = ("creative_id", "impressions", "clicks", "expected_clicks")
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    CLICKS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_CLICKS_FIELD_NUMBER: _ClassVar[int]
    creative_id: str
    impressions: int
    clicks: int
    expected_clicks: float
    def __init__(self, creative_id: _Optional[str] = ..., impressions: _Optional[int] = ..., clicks: _Optional[int] = ..., expected_clicks: _Optional[float] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("report_id", "as_of", "impressions", "outcomes", "policies", "estimates", "included_offsets", "comparisons", "basis", "outcomes_by_kind")
    class IncludedOffsetsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: int
        def __init__(self, key: _Optional[int] = ..., value: _Optional[int] = ...) -> None: ...
    class OutcomesByKindEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    REPORT_ID_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    ESTIMATES_FIELD_NUMBER: _ClassVar[int]
    INCLUDED_OFFSETS_FIELD_NUMBER: _ClassVar[int]
    COMPARISONS_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_BY_KIND_FIELD_NUMBER: _ClassVar[int]
    report_id: str
    as_of: _timestamp_pb2.Timestamp
    impressions: int
    outcomes: int
    policies: _containers.RepeatedCompositeFieldContainer[PolicyFigures]
    estimates: _containers.RepeatedCompositeFieldContainer[Estimate]
    included_offsets: _containers.ScalarMap[int, int]
    comparisons: _containers.RepeatedCompositeFieldContainer[Comparison]
    basis: str
    outcomes_by_kind: _containers.ScalarMap[str, int]
    def __init__(self, report_id: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., impressions: _Optional[int] = ..., outcomes: _Optional[int] = ..., policies: _Optional[_Iterable[_Union[PolicyFigures, _Mapping]]] = ..., estimates: _Optional[_Iterable[_Union[Estimate, _Mapping]]] = ..., included_offsets: _Optional[_Mapping[int, int]] = ..., comparisons: _Optional[_Iterable[_Union[Comparison, _Mapping]]] = ..., basis: _Optional[str] = ..., outcomes_by_kind: _Optional[_Mapping[str, int]] = ...) -> None: ...

class PolicyFigures(_message.Message):
    __slots__ = ("policy", "impressions", "clicks", "ctr", "ctr_low", "ctr_high", "foreign", "served", "with_pixel", "rendered")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    CLICKS_FIELD_NUMBER: _ClassVar[int]
    CTR_FIELD_NUMBER: _ClassVar[int]
    CTR_LOW_FIELD_NUMBER: _ClassVar[int]
    CTR_HIGH_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_FIELD_NUMBER: _ClassVar[int]
    SERVED_FIELD_NUMBER: _ClassVar[int]
    WITH_PIXEL_FIELD_NUMBER: _ClassVar[int]
    RENDERED_FIELD_NUMBER: _ClassVar[int]
    policy: str
    impressions: int
    clicks: int
    ctr: float
    ctr_low: float
    ctr_high: float
    foreign: bool
    served: int
    with_pixel: int
    rendered: int
    def __init__(self, policy: _Optional[str] = ..., impressions: _Optional[int] = ..., clicks: _Optional[int] = ..., ctr: _Optional[float] = ..., ctr_low: _Optional[float] = ..., ctr_high: _Optional[float] = ..., foreign: _Optional[bool] = ..., served: _Optional[int] = ..., with_pixel: _Optional[int] = ..., rendered: _Optional[int] = ...) -> None: ...

class Estimate(_message.Message):
    __slots__ = ("estimator", "policy", "traffic", "value", "low", "high", "effective_sample_size", "impressions", "refused")
    ESTIMATOR_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_SAMPLE_SIZE_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    estimator: str
    policy: str
    traffic: str
    value: float
    low: float
    high: float
    effective_sample_size: float
    impressions: int
    refused: str
    def __init__(self, estimator: _Optional[str] = ..., policy: _Optional[str] = ..., traffic: _Optional[str] = ..., value: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ..., effective_sample_size: _Optional[float] = ..., impressions: _Optional[int] = ..., refused: _Optional[str] = ...) -> None: ...

class Comparison(_message.Message):
    __slots__ = ("policy", "against", "difference", "low", "high", "impressions", "impressions_against", "refused", "render_difference", "render_low", "render_high")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    AGAINST_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_AGAINST_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    RENDER_DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    RENDER_LOW_FIELD_NUMBER: _ClassVar[int]
    RENDER_HIGH_FIELD_NUMBER: _ClassVar[int]
    policy: str
    against: str
    difference: float
    low: float
    high: float
    impressions: int
    impressions_against: int
    refused: str
    render_difference: float
    render_low: float
    render_high: float
    def __init__(self, policy: _Optional[str] = ..., against: _Optional[str] = ..., difference: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ..., impressions: _Optional[int] = ..., impressions_against: _Optional[int] = ..., refused: _Optional[str] = ..., render_difference: _Optional[float] = ..., render_low: _Optional[float] = ..., render_high: _Optional[float] = ...) -> None: ...
