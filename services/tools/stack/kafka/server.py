"""A real Apache Kafka, one node that is broker and controller, from checked jars and a Java runtime of a wheel."""

from __future__ import annotations

import logging
import shutil
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.runtime.whole_file import write_whole
from services.tools.stack.addresses import LOOPBACK, Addresses
from services.tools.stack.kafka.java import java_command, native_folder
from services.tools.stack.probes import TIMEOUT_S, within
from services.tools.stack.program import Probe, Program
from services.tools.stack.state_dir import StateDir

NODE = "1"
PROPERTIES, LOG = "server.properties", "log"  # in the folder that the broker runs in

# The broker sets timestamps, because client clocks are not trusted. A mistyped topic must fail and not be created. A
# broker that was killed may register again only when its session has expired, after nine seconds by default. Internal
# topics have one replica, as there is one node.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": NODE,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "CLIENTS",
    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.message.timestamp.type": "LogAppendTime",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "num.partitions": "1",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "8",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}


def configuration(port: int, controller_port: int) -> str:
    """The text of server.properties.

    `log.dirs` is a comma-separated list, in a file format with escapes. A path relative to the broker's working
    directory needs no escaping, whatever the absolute path contains.
    """
    settings = {
        **SETTINGS,
        "listeners": f"CLIENTS://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"CLIENTS://{LOOPBACK}:{port}",
        "controller.quorum.voters": f"{NODE}@{LOOPBACK}:{controller_port}",
        "log.dirs": LOG,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def cluster_of(log_folder: Path) -> str:
    """The id of the cluster whose data are in the folder; a new one where it is empty, 22 characters of base64.

    A client that stores offsets detects by a new id that the broker's data were deleted and its offsets are stale.
    """
    try:
        kept = (log_folder / "meta.properties").read_text("utf-8").splitlines()
    except OSError:
        kept = []
    named = [line.partition("=")[2].strip() for line in kept if line.startswith("cluster.id=")]
    return named[0] if named else urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")


def answers(address: str) -> Probe:
    """Ready when an admin call succeeds: the broker serves requests and knows its cluster."""

    async def ask() -> str:
        admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=int(TIMEOUT_S * 1000))
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
            return "" if cluster["brokers"] else "a broker"
        except KafkaError:
            return "an answer of kafka"
        finally:
            await admin.close()

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a starting broker refuses connections, as expected
    return lambda: within(ask(), "kafka")


def programs(state_dir: StateDir, addresses: Addresses, environment: Mapping[str, str]) -> tuple[Program, ...]:
    """The step that formats the storage (once; later runs find it done) and the broker."""
    data, log, probe = state_dir.data("kafka"), state_dir.log("kafka"), answers(addresses["kafka"])
    if "kafka" in addresses.external:
        return (Program("kafka", (), log, data, probe=probe),)
    native = native_folder(state_dir)

    def prepare() -> None:
        shutil.rmtree(native, ignore_errors=True)  # a killed broker leaves its libraries
        native.mkdir(parents=True, exist_ok=True)
        write_whole(data / PROPERTIES, configuration(addresses.port("kafka"), addresses.port("kafka_controller")))

    unpacked = f"-Djava.io.tmpdir={native}"
    tool = ("kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster_of(data / LOG), "-c", PROPERTIES)
    storage = Program(
        "kafka-storage", java_command(unpacked, *tool), log, data, environment, prepare=prepare, step=True
    )
    serve = java_command(unpacked, "kafka.Kafka", PROPERTIES)
    broker = Program("kafka", serve, log, data, environment, ("kafka-storage",), probe, prepare)
    return (storage, replace(broker, ready_within_s=90.0, stop_within_s=10.0))
