"""Access as outsiders have it: the command line, plain Kafka clients, kcat and grpcurl, without our libraries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.tools.stack.session import RunningStack
from tests.conftest import stack_environ

TYPES: dict[str, type[impression_pb2.Impression] | type[outcome_pb2.Outcome] | type[events_pb2.Render]] = {
    "ad.impressions": impression_pb2.Impression,
    "ad.outcomes": outcome_pb2.Outcome,
    "ad.renders": events_pb2.Render,
}


@dataclass
class Outside:
    """What somebody can do who has only the addresses, the command line and INTERFACE's names."""

    running: RunningStack
    _producer: KafkaProducer | None = field(default=None)

    def adloom(self, *arguments: str, check: bool = True, timeout: float = 120) -> str:
        """Standard output of one `adloom` command."""
        command = [str(Path(sys.executable).parent / "adloom"), *arguments]
        environ = {**stack_environ(), **self.running.environ()}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=timeout, check=False)
        assert not check or done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def pseudonym(self, user: str) -> str:
        """`adloom pseudonym USER`."""
        return self.adloom("pseudonym", user).strip()

    def features(self, *pseudonyms: str) -> list[dict[str, Any]]:
        """`adloom features PSEUDONYM...`."""
        return [json.loads(line) for line in self.adloom("features", *pseudonyms).splitlines()]

    def produce(
        self,
        kind: str,
        value: dict[str, Any] | bytes,
        key: str | bytes | None,
        **overrides: bytes | int | None,
    ) -> tuple[str, int, int]:
        """One message with its headers; an override of None leaves a header out. Returns where it landed."""
        partition = overrides.pop("partition", None)
        topic = str(overrides.pop("topic", None) or f"ad.{kind.lower()}s")
        headers = {
            "ce_specversion": b"1.0",
            "ce_id": uuid.uuid4().hex.encode(),
            "ce_type": f"adloom.events.v1.{kind}".encode(),
            "ce_source": b"outside",
            "ce_time": datetime.now(UTC).isoformat().encode(),
            "content-type": b"application/json",
        } | overrides
        sent = self._client().send(
            topic,
            value=value if isinstance(value, bytes) else json.dumps(value).encode(),
            key=key.encode() if isinstance(key, str) else key,
            headers=[(name, text) for name, text in headers.items() if text is not None],
            partition=partition,
        )
        meta = sent.get(timeout=20)
        return meta.topic, meta.partition, meta.offset

    def records(self, topic: str) -> list[Any]:
        """Everything on a topic now, as kafka-python gives it."""
        consumer = KafkaConsumer(bootstrap_servers=self.running.kafka, enable_auto_commit=False, group_id=None)
        try:
            partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            found: list[Any] = []
            while any(consumer.position(p) < ends[p] for p in partitions):
                for batch in consumer.poll(timeout_ms=500).values():
                    found += batch
            return found
        finally:
            consumer.close()

    def messages(self, topic: str) -> list[dict[str, Any]]:
        """The protobuf messages of a topic of `TYPES` as JSON objects with INTERFACE's names."""
        cls = TYPES[topic]
        return [
            json_format.MessageToDict(
                cls.FromString(r.value),
                preserving_proto_field_name=True,
                always_print_fields_with_no_presence=True,
            )
            for r in self.records(topic)
        ]

    def close(self) -> None:
        """Lets go of the producer."""
        if self._producer is not None:
            self._producer.close()

    def _client(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = KafkaProducer(bootstrap_servers=self.running.kafka, linger_ms=0)
        return self._producer


@pytest.fixture(scope="session")
def outside(stack: RunningStack) -> Iterator[Outside]:
    """An outsider of the shared stack."""
    someone = Outside(stack)
    yield someone
    someone.close()


@pytest.fixture(scope="session")
def kcat() -> str:
    """kcat, an independent Kafka client on librdkafka."""
    found = shutil.which("kcat") or shutil.which("kafkacat")
    return found or pytest.skip("kcat is not installed (Debian: kcat)")


@pytest.fixture(scope="session")
def grpcurl() -> str:
    """grpcurl, an independent gRPC client; built through the Go module proxy where Go is."""
    if found := shutil.which("grpcurl"):
        return found
    if not shutil.which("go"):
        pytest.skip("neither grpcurl nor Go is installed")
    folder = Path(__file__).resolve().parents[2] / ".adloom" / "parts" / "go-bin"
    if not (folder / "grpcurl").exists():
        package = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3"
        subprocess.run(["go", "install", package], env={**os.environ, "GOBIN": str(folder)}, check=True, timeout=300)
    return str(folder / "grpcurl")
