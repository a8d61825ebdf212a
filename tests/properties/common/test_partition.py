"""A key's partition is the one that the producers of kafka-python and Java choose."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from kafka.partitioner.default import DefaultPartitioner

from services.common.partition import murmur2, partition_of
from services.common.topics import PARTITIONS

PUBLISHED = {  # expectations of Apache Kafka's own UtilsTest, signed 32-bit
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


class ClusterOf:
    """What the partitioner asks of a cluster: one topic with some partitions, all available."""

    def __init__(self, partitions: int) -> None:
        self.partitions = set(range(partitions))

    def topics(self) -> set[str]:
        return {"ad.clicks"}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return self.partitions

    available_partitions_for_topic = partitions_for_topic


def test_murmur2_gives_the_values_that_apache_kafka_publishes() -> None:
    signed = {key: murmur2(key) - (1 << 32 if murmur2(key) >> 31 else 0) for key in PUBLISHED}
    assert signed == PUBLISHED


@given(key=st.binary(max_size=70), partitions=st.integers(1, 200))
@example(key=b"u1-" + b"0" * 32, partitions=PARTITIONS)
@settings(max_examples=500, derandomize=True, deadline=None)
def test_a_key_lies_where_the_producer_puts_it(key: bytes, partitions: int) -> None:
    produced = DefaultPartitioner().partition("ad.clicks", key, key, None, None, ClusterOf(partitions))
    assert partition_of(key, partitions) == produced
