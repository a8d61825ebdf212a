from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Consent(_message.Message):
    __slots__ = ("profile", "personalise")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    PERSONALISE_FIELD_NUMBER: _ClassVar[int]
    profile: bool
    personalise: bool
    def __init__(self, profile: _Optional[bool] = ..., personalise: _Optional[bool] = ...) -> None: ...
