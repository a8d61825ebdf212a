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

class Personalisation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PERSONALISATION_UNSPECIFIED: _ClassVar[Personalisation]
    PERSONALISATION_ALLOWED: _ClassVar[Personalisation]
    PERSONALISATION_REFUSED: _ClassVar[Personalisation]

class CreativeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREATIVE_STATE_UNSPECIFIED: _ClassVar[CreativeState]
    DRAFT: _ClassVar[CreativeState]
    SCREENED: _ClassVar[CreativeState]
    APPROVED: _ClassVar[CreativeState]
    PAUSED: _ClassVar[CreativeState]
    RETIRED: _ClassVar[CreativeState]

class ReviewDecision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVIEW_DECISION_UNSPECIFIED: _ClassVar[ReviewDecision]
    REVIEW_DECISION_APPROVE: _ClassVar[ReviewDecision]
    REVIEW_DECISION_REFUSE: _ClassVar[ReviewDecision]
PERSONALISATION_UNSPECIFIED: Personalisation
PERSONALISATION_ALLOWED: Personalisation
PERSONALISATION_REFUSED: Personalisation
CREATIVE_STATE_UNSPECIFIED: CreativeState
DRAFT: CreativeState
SCREENED: CreativeState
APPROVED: CreativeState
PAUSED: CreativeState
RETIRED: CreativeState
REVIEW_DECISION_UNSPECIFIED: ReviewDecision
REVIEW_DECISION_APPROVE: ReviewDecision
REVIEW_DECISION_REFUSE: ReviewDecision

class SelectCreativesRequest(_message.Message):
    __slots__ = ("request_id", "user_id", "context", "placements", "product_ids", "personalisation", "inline_images", "consent")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    PLACEMENTS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    PERSONALISATION_FIELD_NUMBER: _ClassVar[int]
    INLINE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    user_id: str
    context: Context
    placements: _containers.RepeatedCompositeFieldContainer[Placement]
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    personalisation: Personalisation
    inline_images: bool
    consent: _consent_pb2.Consent
    def __init__(self, request_id: _Optional[str] = ..., user_id: _Optional[str] = ..., context: _Optional[_Union[Context, _Mapping]] = ..., placements: _Optional[_Iterable[_Union[Placement, _Mapping]]] = ..., product_ids: _Optional[_Iterable[str]] = ..., personalisation: _Optional[_Union[Personalisation, str]] = ..., inline_images: _Optional[bool] = ..., consent: _Optional[_Union[_consent_pb2.Consent, _Mapping]] = ...) -> None: ...

class Context(_message.Message):
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

class Placement(_message.Message):
    __slots__ = ("placement_id", "format", "count", "markup")
    PLACEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    MARKUP_FIELD_NUMBER: _ClassVar[int]
    placement_id: str
    format: str
    count: int
    markup: bool
    def __init__(self, placement_id: _Optional[str] = ..., format: _Optional[str] = ..., count: _Optional[int] = ..., markup: _Optional[bool] = ...) -> None: ...

class SelectCreativesResponse(_message.Message):
    __slots__ = ("request_id", "selections")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SELECTIONS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    selections: _containers.RepeatedCompositeFieldContainer[Selection]
    def __init__(self, request_id: _Optional[str] = ..., selections: _Optional[_Iterable[_Union[Selection, _Mapping]]] = ...) -> None: ...

class Selection(_message.Message):
    __slots__ = ("placement_id", "impression_id", "creative_id", "policy_id", "propensity", "impression_token", "texts", "image", "degraded", "reasons", "ai_generated", "product_id", "slot", "policy_version", "click_url", "markup", "campaign_id")
    PLACEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_ID_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    PROPENSITY_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    AI_GENERATED_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    CLICK_URL_FIELD_NUMBER: _ClassVar[int]
    MARKUP_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    placement_id: str
    impression_id: str
    creative_id: str
    policy_id: str
    propensity: float
    impression_token: str
    texts: Texts
    image: Image
    degraded: _containers.RepeatedScalarFieldContainer[str]
    reasons: _containers.RepeatedScalarFieldContainer[str]
    ai_generated: bool
    product_id: str
    slot: int
    policy_version: int
    click_url: str
    markup: str
    campaign_id: str
    def __init__(self, placement_id: _Optional[str] = ..., impression_id: _Optional[str] = ..., creative_id: _Optional[str] = ..., policy_id: _Optional[str] = ..., propensity: _Optional[float] = ..., impression_token: _Optional[str] = ..., texts: _Optional[_Union[Texts, _Mapping]] = ..., image: _Optional[_Union[Image, _Mapping]] = ..., degraded: _Optional[_Iterable[str]] = ..., reasons: _Optional[_Iterable[str]] = ..., ai_generated: _Optional[bool] = ..., product_id: _Optional[str] = ..., slot: _Optional[int] = ..., policy_version: _Optional[int] = ..., click_url: _Optional[str] = ..., markup: _Optional[str] = ..., campaign_id: _Optional[str] = ...) -> None: ...

class Texts(_message.Message):
    __slots__ = ("headline", "body", "call_to_action")
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    CALL_TO_ACTION_FIELD_NUMBER: _ClassVar[int]
    headline: str
    body: str
    call_to_action: str
    def __init__(self, headline: _Optional[str] = ..., body: _Optional[str] = ..., call_to_action: _Optional[str] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("uri", "png", "media_type")
    URI_FIELD_NUMBER: _ClassVar[int]
    PNG_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    uri: str
    png: bytes
    media_type: str
    def __init__(self, uri: _Optional[str] = ..., png: _Optional[bytes] = ..., media_type: _Optional[str] = ...) -> None: ...

class GetCreativeRequest(_message.Message):
    __slots__ = ("creative_id",)
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    creative_id: str
    def __init__(self, creative_id: _Optional[str] = ...) -> None: ...

class GetCreativeResponse(_message.Message):
    __slots__ = ("creative", "image")
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    creative: Creative
    image: Image
    def __init__(self, creative: _Optional[_Union[Creative, _Mapping]] = ..., image: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class Creative(_message.Message):
    __slots__ = ("creative_id", "product_id", "format", "texts", "approved_by", "ai_generated", "made_by", "created_at", "image_uri", "campaign_ids", "sha256", "media_type", "elements", "state", "verdict", "lineage", "link", "price_minor", "currency", "starts_at", "ends_at", "life", "text_vector")
    class ElementsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class LineageEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    APPROVED_BY_FIELD_NUMBER: _ClassVar[int]
    AI_GENERATED_FIELD_NUMBER: _ClassVar[int]
    MADE_BY_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URI_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_IDS_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    LINEAGE_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    LIFE_FIELD_NUMBER: _ClassVar[int]
    TEXT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    creative_id: str
    product_id: str
    format: str
    texts: Texts
    approved_by: str
    ai_generated: bool
    made_by: str
    created_at: _timestamp_pb2.Timestamp
    image_uri: str
    campaign_ids: _containers.RepeatedScalarFieldContainer[str]
    sha256: str
    media_type: str
    elements: _containers.ScalarMap[str, str]
    state: CreativeState
    verdict: Verdict
    lineage: _containers.ScalarMap[str, str]
    link: str
    price_minor: int
    currency: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    life: _containers.RepeatedCompositeFieldContainer[LifeEvent]
    text_vector: TextVector
    def __init__(self, creative_id: _Optional[str] = ..., product_id: _Optional[str] = ..., format: _Optional[str] = ..., texts: _Optional[_Union[Texts, _Mapping]] = ..., approved_by: _Optional[str] = ..., ai_generated: _Optional[bool] = ..., made_by: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., image_uri: _Optional[str] = ..., campaign_ids: _Optional[_Iterable[str]] = ..., sha256: _Optional[str] = ..., media_type: _Optional[str] = ..., elements: _Optional[_Mapping[str, str]] = ..., state: _Optional[_Union[CreativeState, str]] = ..., verdict: _Optional[_Union[Verdict, _Mapping]] = ..., lineage: _Optional[_Mapping[str, str]] = ..., link: _Optional[str] = ..., price_minor: _Optional[int] = ..., currency: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., life: _Optional[_Iterable[_Union[LifeEvent, _Mapping]]] = ..., text_vector: _Optional[_Union[TextVector, _Mapping]] = ...) -> None: ...

class TextVector(_message.Message):
    __slots__ = ("encoder", "float16")
    ENCODER_FIELD_NUMBER: _ClassVar[int]
    FLOAT16_FIELD_NUMBER: _ClassVar[int]
    encoder: str
    float16: bytes
    def __init__(self, encoder: _Optional[str] = ..., float16: _Optional[bytes] = ...) -> None: ...

class Verdict(_message.Message):
    __slots__ = ("passes", "checks", "screen")
    PASSES_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    SCREEN_FIELD_NUMBER: _ClassVar[int]
    passes: bool
    checks: _containers.RepeatedCompositeFieldContainer[Check]
    screen: str
    def __init__(self, passes: _Optional[bool] = ..., checks: _Optional[_Iterable[_Union[Check, _Mapping]]] = ..., screen: _Optional[str] = ...) -> None: ...

class Check(_message.Message):
    __slots__ = ("check", "score", "threshold", "passes", "why", "version", "unmeasured")
    CHECK_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    PASSES_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UNMEASURED_FIELD_NUMBER: _ClassVar[int]
    check: str
    score: float
    threshold: float
    passes: bool
    why: str
    version: str
    unmeasured: bool
    def __init__(self, check: _Optional[str] = ..., score: _Optional[float] = ..., threshold: _Optional[float] = ..., passes: _Optional[bool] = ..., why: _Optional[str] = ..., version: _Optional[str] = ..., unmeasured: _Optional[bool] = ...) -> None: ...

class LifeEvent(_message.Message):
    __slots__ = ("state", "by", "why", "at")
    STATE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    state: CreativeState
    by: str
    why: str
    at: _timestamp_pb2.Timestamp
    def __init__(self, state: _Optional[_Union[CreativeState, str]] = ..., by: _Optional[str] = ..., why: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListCreativesRequest(_message.Message):
    __slots__ = ("product_ids", "format", "page_size", "page_token", "states")
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    format: str
    page_size: int
    page_token: str
    states: _containers.RepeatedScalarFieldContainer[CreativeState]
    def __init__(self, product_ids: _Optional[_Iterable[str]] = ..., format: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., states: _Optional[_Iterable[_Union[CreativeState, str]]] = ...) -> None: ...

class ListCreativesResponse(_message.Message):
    __slots__ = ("creatives", "next_page_token")
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    creatives: _containers.RepeatedCompositeFieldContainer[Creative]
    next_page_token: str
    def __init__(self, creatives: _Optional[_Iterable[_Union[Creative, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GenerateCreativesRequest(_message.Message):
    __slots__ = ("product_id", "format", "count", "seed", "audience", "approved_by", "headline")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    APPROVED_BY_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    format: str
    count: int
    seed: int
    audience: _containers.RepeatedScalarFieldContainer[float]
    approved_by: str
    headline: str
    def __init__(self, product_id: _Optional[str] = ..., format: _Optional[str] = ..., count: _Optional[int] = ..., seed: _Optional[int] = ..., audience: _Optional[_Iterable[float]] = ..., approved_by: _Optional[str] = ..., headline: _Optional[str] = ...) -> None: ...

class GenerateCreativesResponse(_message.Message):
    __slots__ = ("creatives", "not_made")
    class NotMadeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    NOT_MADE_FIELD_NUMBER: _ClassVar[int]
    creatives: _containers.RepeatedCompositeFieldContainer[GeneratedCreative]
    not_made: _containers.ScalarMap[str, int]
    def __init__(self, creatives: _Optional[_Iterable[_Union[GeneratedCreative, _Mapping]]] = ..., not_made: _Optional[_Mapping[str, int]] = ...) -> None: ...

class GeneratedCreative(_message.Message):
    __slots__ = ("creative", "image")
    CREATIVE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    creative: Creative
    image: Image
    def __init__(self, creative: _Optional[_Union[Creative, _Mapping]] = ..., image: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class ReviewCreativesRequest(_message.Message):
    __slots__ = ("creative_ids", "decision", "by", "why")
    CREATIVE_IDS_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    creative_ids: _containers.RepeatedScalarFieldContainer[str]
    decision: ReviewDecision
    by: str
    why: str
    def __init__(self, creative_ids: _Optional[_Iterable[str]] = ..., decision: _Optional[_Union[ReviewDecision, str]] = ..., by: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class ReviewCreativesResponse(_message.Message):
    __slots__ = ("creatives",)
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    creatives: _containers.RepeatedCompositeFieldContainer[Creative]
    def __init__(self, creatives: _Optional[_Iterable[_Union[Creative, _Mapping]]] = ...) -> None: ...
