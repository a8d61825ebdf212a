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

class Availability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AVAILABILITY_UNSPECIFIED: _ClassVar[Availability]
    IN_STOCK: _ClassVar[Availability]
    OUT_OF_STOCK: _ClassVar[Availability]
    PREORDER: _ClassVar[Availability]
    BACKORDER: _ClassVar[Availability]
AVAILABILITY_UNSPECIFIED: Availability
IN_STOCK: Availability
OUT_OF_STOCK: Availability
PREORDER: Availability
BACKORDER: Availability

class Product(_message.Message):
    __slots__ = ("product_id", "title", "description", "link", "image_links", "price_minor", "sale_price_minor", "sale_from", "sale_until", "currency", "availability", "quantity", "brand", "product_type", "colour", "size", "material", "item_group_id", "language", "rating", "rating_count", "attributes", "choices")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    IMAGE_LINKS_FIELD_NUMBER: _ClassVar[int]
    PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SALE_PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SALE_FROM_FIELD_NUMBER: _ClassVar[int]
    SALE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_TYPE_FIELD_NUMBER: _ClassVar[int]
    COLOUR_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MATERIAL_FIELD_NUMBER: _ClassVar[int]
    ITEM_GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    RATING_COUNT_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    title: str
    description: str
    link: str
    image_links: _containers.RepeatedScalarFieldContainer[str]
    price_minor: int
    sale_price_minor: int
    sale_from: _timestamp_pb2.Timestamp
    sale_until: _timestamp_pb2.Timestamp
    currency: str
    availability: Availability
    quantity: int
    brand: str
    product_type: str
    colour: str
    size: str
    material: str
    item_group_id: str
    language: str
    rating: float
    rating_count: int
    attributes: _containers.ScalarMap[str, str]
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    def __init__(self, product_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., link: _Optional[str] = ..., image_links: _Optional[_Iterable[str]] = ..., price_minor: _Optional[int] = ..., sale_price_minor: _Optional[int] = ..., sale_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sale_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., currency: _Optional[str] = ..., availability: _Optional[_Union[Availability, str]] = ..., quantity: _Optional[int] = ..., brand: _Optional[str] = ..., product_type: _Optional[str] = ..., colour: _Optional[str] = ..., size: _Optional[str] = ..., material: _Optional[str] = ..., item_group_id: _Optional[str] = ..., language: _Optional[str] = ..., rating: _Optional[float] = ..., rating_count: _Optional[int] = ..., attributes: _Optional[_Mapping[str, str]] = ..., choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ...) -> None: ...

class Choice(_message.Message):
    __slots__ = ("choice_id", "colour", "size", "material", "price_minor", "sale_price_minor", "sale_from", "sale_until", "availability", "quantity", "image_link", "options")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CHOICE_ID_FIELD_NUMBER: _ClassVar[int]
    COLOUR_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MATERIAL_FIELD_NUMBER: _ClassVar[int]
    PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SALE_PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SALE_FROM_FIELD_NUMBER: _ClassVar[int]
    SALE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    IMAGE_LINK_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    choice_id: str
    colour: str
    size: str
    material: str
    price_minor: int
    sale_price_minor: int
    sale_from: _timestamp_pb2.Timestamp
    sale_until: _timestamp_pb2.Timestamp
    availability: Availability
    quantity: int
    image_link: str
    options: _containers.ScalarMap[str, str]
    def __init__(self, choice_id: _Optional[str] = ..., colour: _Optional[str] = ..., size: _Optional[str] = ..., material: _Optional[str] = ..., price_minor: _Optional[int] = ..., sale_price_minor: _Optional[int] = ..., sale_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sale_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., availability: _Optional[_Union[Availability, str]] = ..., quantity: _Optional[int] = ..., image_link: _Optional[str] = ..., options: _Optional[_Mapping[str, str]] = ...) -> None: ...
