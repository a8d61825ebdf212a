"""A Faust app set up as our workers need it; every setting that differs from Faust's own has its reason here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import faust

from services.common.errors import Misconfigured
from services.common.settings import AtLeastOne, NotNegative, Port, Seconds, Within
from services.wire.faust.consumer import BatchApp
from services.wire.faust.patches.aiokafka_closed_transports import see_closed_transports
from services.wire.faust.patches.aiokafka_header_names import read_any_header_name
from services.wire.faust.states.recovery import CarefulTableManager
from services.wire.faust.states.table import LARGEST_STATE_BYTES
from services.wire.faust.stream import BatchStream

# Faust's own look-out for streams that stand still is blind to batches: `watchdog.py` does this here.
_NO_LOOK_OUT: dict[str, Any] = {"stream_processing_timeout": 1e9, "broker_commit_livelock_soft_timeout": 1e9}

STORES = {"rocksdict": "rocksdb://", "memory": "memory://"}


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How one Faust worker runs; read from `ADLOOM_*`."""

    kafka: str = "127.0.0.1:9092"
    data_dir: Path = Path(".adloom/data/worker")
    store: str = "rocksdict"  # or "memory": states come back from the changelog at every start
    instance: str = ""  # unique among the workers of a room; "<room>-0" where empty
    health_port: Port = 0
    health_host: str = "127.0.0.1"
    topic_replicas: AtLeastOne = 1  # brokers that keep each changelog message
    batch_size: AtLeastOne = 1000  # events that are made durable together, at most
    gather_s: NotNegative = 0.0  # so long an event may wait at the broker for others: a batch costs more than an event
    tick_s: Seconds = 0.25  # time goes on at least this often, events or none
    session_s: Annotated[float, Within(6)] = 20.0  # one that Kafka has not heard of for so long loses its partitions
    stuck_s: Seconds = 60.0  # a worker that does nothing for so long, and waits for no part, is ended
    recovery_limit_s: Seconds = 300.0  # likewise one that does not get its partitions and states back


def faust_app(name: str, settings: WorkerSettings) -> faust.App:
    """The app of the worker `name`, which is also its consumer group: `adloom-<name>`."""
    read_any_header_name()
    see_closed_transports()
    app = BatchApp(
        f"adloom-{name}",
        broker=[f"kafka://{address}" for address in settings.kafka.split(",")],
        broker_client_id=f"adloom-{name}",
        # A member that comes back under its own name gets its partitions at once, and not when its session has run out.
        consumer_group_instance_id=settings.instance or f"{name}-0",
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=1.0,
        broker_session_timeout=settings.session_s,
        broker_max_poll_records=2 * settings.batch_size,
        **_NO_LOOK_OUT,
        stream_buffer_maxsize=2 * settings.batch_size,
        stream_recovery_delay=0.0,
        table_standby_replicas=0,  # a lost disk is made good from the changelog; no copies that must be kept warm
        store=_store(settings.store),
        datadir=settings.data_dir,
        topic_replication_factor=settings.topic_replicas,
        topic_disable_leader=True,
        producer_acks=-1,
        producer_max_batch_size=512 * 1024,
        producer_max_request_size=LARGEST_STATE_BYTES,
        Stream=BatchStream,
        TableManager=CarefulTableManager,
        web_enabled=False,  # its table pages show data without authentication
    )
    app.gather_s = settings.gather_s
    return app


def _store(name: str) -> str:
    if name not in STORES:
        raise Misconfigured(f"ADLOOM_STORE: {name!r} where {' or '.join(STORES)} was expected")
    return STORES[name]
