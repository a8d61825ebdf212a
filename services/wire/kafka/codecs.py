"""Lets kafka-python read snappy and zstd through cramjam, the library that aiokafka uses.

Our topics are stored uncompressed (`topics.py`). Logs from before that setting may hold compressed batches, and a batch
that a reader cannot decompress would stop it at the same offset for ever.
"""

from __future__ import annotations

from types import SimpleNamespace

import cramjam
import kafka.codec
import kafka.record.default_records


def read_any_codec() -> None:
    """Patches kafka-python: its consumers in this process then read batches of every codec that Kafka has."""
    if not kafka.codec.has_snappy():
        kafka.codec.snappy = SimpleNamespace(decompress=_unpack_snappy)
    if not kafka.codec.has_zstd():
        kafka.codec.has_zstd = lambda: True
        kafka.record.default_records.zstd_decode = _unpack_zstd


def _unpack_snappy(data: bytes) -> bytes:
    return bytes(cramjam.snappy.decompress_raw(data))


def _unpack_zstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.decompress(data))
