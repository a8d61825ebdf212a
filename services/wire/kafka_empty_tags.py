"""Keeps kafka-python in step with the broker where Python runs without assertions (`-O`, `PYTHONOPTIMIZE`).

kafka-python 3.0 reads the count of a part without tagged fields inside an `assert`. Without it that byte stays unread,
all that follows is taken for something else, and no connection is ever made.
"""

from __future__ import annotations

from typing import BinaryIO

from kafka.protocol.schemas.fields.codecs.tagged_fields import TaggedFields, UnsignedVarInt32


def read_empty_tags() -> None:
    """From here on kafka-python's clients in this process read that byte whatever Python was told."""
    TaggedFields.decode_empty = staticmethod(_decode_empty)


def _decode_empty(data: BinaryIO) -> None:
    count = UnsignedVarInt32.decode(data)
    if count:
        raise ValueError(f"{count} tagged fields where none were expected")
