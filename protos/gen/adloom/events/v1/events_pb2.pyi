from protos.gen.adloom.events.v1 import consent_pb2 as _consent_pb2
from protos.gen.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class View(_message.Message):
    __slots__ = ("user_id", "product_id", "query", "page", "dwell_ms", "user_agent", "consent")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    DWELL_MS_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    product_id: str
    query: str
    page: str
    dwell_ms: int
    user_agent: str
    consent: _consent_pb2.Consent
    def __init__(self, user_id: _Optional[str] = ..., product_id: _Optional[str] = ..., query: _Optional[str] = ..., page: _Optional[str] = ..., dwell_ms: _Optional[int] = ..., user_agent: _Optional[str] = ..., consent: _Optional[_Union[_consent_pb2.Consent, _Mapping]] = ...) -> None: ...

class Click(_message.Message):
    __slots__ = ("user_id", "product_id", "impression_token", "user_agent", "consent")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    product_id: str
    impression_token: str
    user_agent: str
    consent: _consent_pb2.Consent
    def __init__(self, user_id: _Optional[str] = ..., product_id: _Optional[str] = ..., impression_token: _Optional[str] = ..., user_agent: _Optional[str] = ..., consent: _Optional[_Union[_consent_pb2.Consent, _Mapping]] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("user_id", "product_id", "quantity", "value_minor", "currency", "impression_token", "user_agent", "consent")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    product_id: str
    quantity: int
    value_minor: int
    currency: str
    impression_token: str
    user_agent: str
    consent: _consent_pb2.Consent
    def __init__(self, user_id: _Optional[str] = ..., product_id: _Optional[str] = ..., quantity: _Optional[int] = ..., value_minor: _Optional[int] = ..., currency: _Optional[str] = ..., impression_token: _Optional[str] = ..., user_agent: _Optional[str] = ..., consent: _Optional[_Union[_consent_pb2.Consent, _Mapping]] = ...) -> None: ...

class Render(_message.Message):
    __slots__ = ("user_id", "impression_token", "viewable_ms", "user_agent")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VIEWABLE_MS_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    impression_token: str
    viewable_ms: int
    user_agent: str
    def __init__(self, user_id: _Optional[str] = ..., impression_token: _Optional[str] = ..., viewable_ms: _Optional[int] = ..., user_agent: _Optional[str] = ...) -> None: ...
