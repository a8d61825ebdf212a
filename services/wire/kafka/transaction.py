"""Sends many records so that readers of committed messages see all of them or none (a Kafka transaction).

While a transaction is open, such readers see nothing that was appended after its begin, so it should be short. One that
its process did not end, because it was killed, is ended by the next of its name, or by the broker after `_OPEN_S`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.common.errors import Unavailable
from services.wire.codec.encode import check_size
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import ProducerSettings, client_settings
from services.wire.kafka.reach import PART, require_listener

_OPEN_S: Final = 180.0
_WAIT_S: Final = 60.0  # for the acknowledgement of a record
_AT_ONCE: Final = 2_000  # records that are waited for together


def send_all(settings: ProducerSettings, name: str, records: Iterator[Record]) -> int:
    """Sends all records or none; returns how many. Raises `Unavailable`, or what `records` raises.

    Of two transactions of one `name` the later ends the earlier, which then fails.
    """
    require_listener(settings.bootstrap, settings.connect_s)
    try:
        producer = KafkaProducer(
            **client_settings(settings), transactional_id=name, transaction_timeout_ms=round(_OPEN_S * 1000)
        )
    except KafkaError as exc:
        raise Unavailable(PART, f"no broker answered at {settings.bootstrap} ({exc})") from exc
    try:
        return _sent(producer, records)
    except KafkaError as exc:
        raise Unavailable(PART, f"the transaction {name} was not taken ({exc!r})") from exc
    finally:
        producer.close(timeout=5.0)


def _sent(producer: Any, records: Iterator[Record]) -> int:
    producer.init_transactions()
    producer.begin_transaction()
    count = 0
    try:
        while some := list(islice(records, _AT_ONCE)):
            for future in [_send(producer, record) for record in some]:
                future.get(timeout=_WAIT_S)
            count += len(some)
        producer.commit_transaction()
    except BaseException:
        with suppress(KafkaError):  # the broker ends it, too
            producer.abort_transaction()
        raise
    return count


def _send(producer: Any, record: Record) -> Any:
    check_size(record)
    return producer.send(record.topic, record.value, record.key, list(record.headers), partition=record.partition)
