"""Lets kafka-python decode responses where Python runs without assertions (`-O`, `PYTHONOPTIMIZE`).

kafka-python 3.0 reads the count of an empty tagged-fields section inside an `assert`. Without assertions that byte
stays unread, the rest of the response is decoded from the wrong byte, and no connection is ever made.
"""

from __future__ import annotations

from typing import BinaryIO

from kafka.protocol.schemas.fields.codecs.tagged_fields import TaggedFields, UnsignedVarInt32


def read_empty_tags() -> None:
    """Patches kafka-python: its clients in this process then read that byte with or without assertions."""
    TaggedFields.decode_empty = staticmethod(_decode_empty)


def _decode_empty(data: BinaryIO) -> None:
    count = UnsignedVarInt32.decode(data)
    if count:
        raise ValueError(f"{count} tagged fields where none were expected")
