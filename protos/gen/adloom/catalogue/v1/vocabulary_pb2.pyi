from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Vocabulary(_message.Message):
    __slots__ = ("feature_version", "version", "categories", "price_scales", "word_weights", "products")
    class WordWeightsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    FEATURE_VERSION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    PRICE_SCALES_FIELD_NUMBER: _ClassVar[int]
    WORD_WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    feature_version: str
    version: int
    categories: _containers.RepeatedScalarFieldContainer[str]
    price_scales: _containers.RepeatedCompositeFieldContainer[PriceScale]
    word_weights: _containers.ScalarMap[str, float]
    products: int
    def __init__(self, feature_version: _Optional[str] = ..., version: _Optional[int] = ..., categories: _Optional[_Iterable[str]] = ..., price_scales: _Optional[_Iterable[_Union[PriceScale, _Mapping]]] = ..., word_weights: _Optional[_Mapping[str, float]] = ..., products: _Optional[int] = ...) -> None: ...

class PriceScale(_message.Message):
    __slots__ = ("category", "currency", "quantiles_minor")
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    QUANTILES_MINOR_FIELD_NUMBER: _ClassVar[int]
    category: str
    currency: str
    quantiles_minor: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, category: _Optional[str] = ..., currency: _Optional[str] = ..., quantiles_minor: _Optional[_Iterable[int]] = ...) -> None: ...
