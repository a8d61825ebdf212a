"""Teaches kafka-python the codecs that it has no library for here, with the one that aiokafka uses: snappy and zstd.

Our topics are kept uncompressed (`topics.py`). This is for logs that were written when they were not: a batch that a
reader cannot unpack stops it at the same offset for ever.
"""

from __future__ import annotations

from types import SimpleNamespace

import cramjam
import kafka.codec
import kafka.record.default_records


def read_any_codec() -> None:
    """From here on kafka-python's consumers in this process read batches of every codec that Kafka has."""
    if not kafka.codec.has_snappy():
        kafka.codec.snappy = SimpleNamespace(decompress=_unpack_snappy)
    if not kafka.codec.has_zstd():
        kafka.codec.has_zstd = lambda: True
        kafka.record.default_records.zstd_decode = _unpack_zstd


def _unpack_snappy(data: bytes) -> bytes:
    return bytes(cramjam.snappy.decompress_raw(data))


def _unpack_zstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.decompress(data))
