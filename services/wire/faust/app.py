"""Configures a Faust app for our workers; where a setting differs from Faust's default, a comment gives the reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import faust

from services.common.consent import ALLOWED_UNLESS_SAID, ConsentSetting
from services.common.errors import Misconfigured
from services.common.settings import AtLeastOne, NotNegative, Port, Seconds, Within
from services.wire.faust.consumer import BatchApp
from services.wire.faust.patches.aiokafka_closed_transports import see_closed_transports
from services.wire.faust.patches.aiokafka_header_names import read_any_header_name
from services.wire.faust.states.first_changelog import FirstChangelog
from services.wire.faust.states.recovery import CarefulTableManager
from services.wire.faust.states.table import LARGEST_STATE_BYTES
from services.wire.faust.stream import BatchStream

# Faust's own check for streams that make no progress does not see batches: `watchdog.py` replaces it.
_NO_LOOK_OUT: dict[str, Any] = {"stream_processing_timeout": 1e9, "broker_commit_livelock_soft_timeout": 1e9}

_OUR_CLASSES: dict[str, Any] = {"Stream": BatchStream, "TableManager": CarefulTableManager, "Topic": FirstChangelog}

STORES = {"rocksdict": "rocksdb://", "memory": "memory://"}


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How one Faust worker runs; read from `ADLOOM_*`."""

    kafka: str = "127.0.0.1:9092"
    data_dir: Path = Path(".adloom/data/worker")
    store: str = "rocksdict"  # or "memory": states are restored from the changelog at every start
    instance: str = ""  # unique among workers of one name; "<name>-0" where empty
    health_port: Port = 0
    health_host: str = "127.0.0.1"
    consent: ConsentSetting = ALLOWED_UNLESS_SAID  # of shoppers whose messages do not say what they allow
    topic_replicas: AtLeastOne = 1  # brokers that keep each changelog message
    batch_size: AtLeastOne = 1000  # the most events that are made durable together
    gather_s: NotNegative = 0.0  # an event may wait this long at the broker for others: larger batches cost less
    tick_s: Seconds = 0.25  # watermarks advance at least this often, with or without events
    session_s: Annotated[float, Within(6)] = 20.0  # without a heartbeat for this long, it loses its partitions
    stuck_s: Seconds = 60.0  # a worker without progress for this long, waiting for no part, is ended
    recovery_limit_s: Seconds = 300.0  # likewise one without its partitions and states


def faust_app(name: str, settings: WorkerSettings) -> faust.App:
    """The app of the worker `name`, which is also its consumer group: `adloom-<name>`."""
    read_any_header_name()
    see_closed_transports()
    app = BatchApp(
        f"adloom-{name}",
        env={},  # else Faust lets BROKER_URL, WEB_PORT, PRODUCER_ACKS and others of the shell win over what stands here
        broker=[f"kafka://{address}" for address in settings.kafka.split(",")],
        broker_client_id=f"adloom-{name}",
        # A member that returns under its static name gets its partitions at once, not after the session timeout.
        consumer_group_instance_id=settings.instance or f"{name}-0",
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=1.0,
        broker_session_timeout=settings.session_s,
        broker_max_poll_records=2 * settings.batch_size,
        **_NO_LOOK_OUT,
        stream_buffer_maxsize=2 * settings.batch_size,
        stream_recovery_delay=0.0,
        table_standby_replicas=0,  # states on a lost disk are restored from the changelog instead
        store=_store(settings.store),
        datadir=faust_path(settings.data_dir),
        topic_replication_factor=settings.topic_replicas,
        topic_disable_leader=True,
        producer_acks=-1,
        producer_max_batch_size=512 * 1024,
        producer_max_request_size=LARGEST_STATE_BYTES,
        **_OUR_CLASSES,
        web_enabled=False,  # its pages would show table data without authentication
    )
    app.gather_s = settings.gather_s
    return app


def faust_path(folder: Path) -> Path:
    """The folder as Faust's settings must be given it: they expand braces.

    >>> str(faust_path(Path("/srv/{shop}"))).format(conf=None)
    '/srv/{shop}'
    """
    return Path(str(folder).replace("{", "{{").replace("}", "}}"))


def _store(name: str) -> str:
    if name not in STORES:
        raise Misconfigured(f"ADLOOM_STORE: {name!r} where {' or '.join(STORES)} was expected")
    return STORES[name]
