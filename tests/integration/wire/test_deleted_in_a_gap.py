"""What retention has deleted in a gap is counted; what is still there is read."""

from __future__ import annotations

import uuid
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from services.common.metrics import METRICS
from services.tools.stack.session import RunningStack
from services.wire.faust.gaps import GapReader
from services.wire.faust.markers import Markers


@pytest.mark.asyncio
async def test_a_gap_whose_first_messages_were_deleted_gives_the_others_and_says_so(parts: RunningStack) -> None:
    topic = f"gap-{uuid.uuid4().hex}"  # one of its own: others read the real ones from their beginning
    with closing(KafkaAdminClient(bootstrap_servers=parts.kafka)) as admin:
        admin.create_topics([NewTopic(topic, 1, 1)])
        with closing(KafkaProducer(bootstrap_servers=parts.kafka)) as producer:
            for number in range(8):
                producer.send(topic, key=b"k", value=b"%d" % number)
            producer.flush(20)
        admin.delete_records({TopicPartition(topic, 0): 5})
    found = await GapReader(parts.kafka, Markers([topic])).read(((topic, 0), 2, 7))
    assert [raw.offset for raw in found] == [5, 6]
    assert METRICS.events.labels(topic, "deleted")._value.get() == 3
