import datetime

from protos.gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Pacing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PACING_UNSPECIFIED: _ClassVar[Pacing]
    PACING_EVEN: _ClassVar[Pacing]
    PACING_ASAP: _ClassVar[Pacing]
PACING_UNSPECIFIED: Pacing
PACING_EVEN: Pacing
PACING_ASAP: Pacing

class Campaign(_message.Message):
    __slots__ = ("campaign_id", "name", "product_ids", "product_types", "creative_ids", "formats", "placements", "starts_at", "ends_at", "time_zone", "hours", "impression_budget", "click_budget", "pacing", "frequency_caps", "segments", "devices", "languages", "priority", "paused", "changed_by", "changed_why", "blocked_words", "blocked_pages", "blocked_product_ids", "created_at")
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_TYPES_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_IDS_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    PLACEMENTS_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_BUDGET_FIELD_NUMBER: _ClassVar[int]
    CLICK_BUDGET_FIELD_NUMBER: _ClassVar[int]
    PACING_FIELD_NUMBER: _ClassVar[int]
    FREQUENCY_CAPS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    CHANGED_WHY_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_WORDS_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_PAGES_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    campaign_id: str
    name: str
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    product_types: _containers.RepeatedScalarFieldContainer[str]
    creative_ids: _containers.RepeatedScalarFieldContainer[str]
    formats: _containers.RepeatedScalarFieldContainer[str]
    placements: _containers.RepeatedScalarFieldContainer[str]
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    time_zone: str
    hours: _containers.RepeatedScalarFieldContainer[int]
    impression_budget: int
    click_budget: int
    pacing: Pacing
    frequency_caps: _containers.RepeatedCompositeFieldContainer[FrequencyCap]
    segments: _containers.RepeatedScalarFieldContainer[str]
    devices: _containers.RepeatedScalarFieldContainer[str]
    languages: _containers.RepeatedScalarFieldContainer[str]
    priority: int
    paused: bool
    changed_by: str
    changed_why: str
    blocked_words: _containers.RepeatedScalarFieldContainer[str]
    blocked_pages: _containers.RepeatedScalarFieldContainer[str]
    blocked_product_ids: _containers.RepeatedScalarFieldContainer[str]
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, campaign_id: _Optional[str] = ..., name: _Optional[str] = ..., product_ids: _Optional[_Iterable[str]] = ..., product_types: _Optional[_Iterable[str]] = ..., creative_ids: _Optional[_Iterable[str]] = ..., formats: _Optional[_Iterable[str]] = ..., placements: _Optional[_Iterable[str]] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., time_zone: _Optional[str] = ..., hours: _Optional[_Iterable[int]] = ..., impression_budget: _Optional[int] = ..., click_budget: _Optional[int] = ..., pacing: _Optional[_Union[Pacing, str]] = ..., frequency_caps: _Optional[_Iterable[_Union[FrequencyCap, _Mapping]]] = ..., segments: _Optional[_Iterable[str]] = ..., devices: _Optional[_Iterable[str]] = ..., languages: _Optional[_Iterable[str]] = ..., priority: _Optional[int] = ..., paused: _Optional[bool] = ..., changed_by: _Optional[str] = ..., changed_why: _Optional[str] = ..., blocked_words: _Optional[_Iterable[str]] = ..., blocked_pages: _Optional[_Iterable[str]] = ..., blocked_product_ids: _Optional[_Iterable[str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FrequencyCap(_message.Message):
    __slots__ = ("impressions", "within_s")
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    WITHIN_S_FIELD_NUMBER: _ClassVar[int]
    impressions: int
    within_s: int
    def __init__(self, impressions: _Optional[int] = ..., within_s: _Optional[int] = ...) -> None: ...
