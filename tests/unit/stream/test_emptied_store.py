"""Where somebody has emptied the online store, shoppers who do nothing get their rows back too."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import to_ms
from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.features.memory_store import MemoryStore
from services.stream.topology import TOPICS, ProfilesRoom
from services.wire.encode import encode
from services.wire.envelope import Record
from services.wire.faust_rehearsal import Rehearsal

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def view(number: int) -> Record:
    user = f"u1-{number:032x}"
    seen = events_pb2.View(user_id=user, product_id="p")
    return encode(seen, event_id=f"e{number}", source="s", time=NOW, key=user.encode())


def test_rows_that_the_store_has_lost_are_written_again_without_an_event_of_their_shoppers() -> None:
    store = MemoryStore()
    worker = Rehearsal(lambda: ProfilesRoom(store, lambda _: None, burst=100), TOPICS)
    for number in range(60):
        worker.append(view(number), to_ms(NOW))
    worker.run(Random(1), to_ms(NOW))
    worker.restart()
    written = dict(store.rows)
    store.rows.clear()
    lost = partition_of(b"u1-" + b"0" * 32, PARTITIONS)
    store.emptied_now = {lost}
    worker.run(Random(1), to_ms(NOW))
    of_it = {user for user in written if partition_of(user.encode(), PARTITIONS) == lost}
    assert 0 < len(of_it) < len(written) == 60
    assert store.rows.keys() == of_it
    assert all(store.rows[user].profile.integers == written[user].profile.integers for user in of_it)
