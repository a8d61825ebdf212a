"""Writes k8s/topics/topics.yaml, Strimzi's KafkaTopics: `python -m services.tools.checks.k8s_topics`."""

from __future__ import annotations

from typing import Any

from services.common.topics import TOPICS, Topic
from services.tools.stack.state_dir import ROOT

PATH = ROOT / "k8s" / "topics" / "topics.yaml"
CLUSTER = "adloom"  # name of the Kafka resource that the topics belong to
NAMESPACE = "kafka"  # that of the Kafka cluster: its topic operator watches no other
REPLICAS = 3
MIN_INSYNC = 2  # with acks=all, the loss of any one broker loses no message
API_VERSION = "kafka.strimzi.io/v1"
_HEAD = """\
# Made from services/common/topics.py by `python -m services.tools.checks.k8s_topics`; `make check` proves it fresh.
# The changelog topics of the workers are made by the workers themselves, with ADLOOM_TOPIC_REPLICAS.
"""


def kafka_topic(topic: Topic) -> dict[str, Any]:
    """The KafkaTopic resource of a row of the table.

    >>> kafka_topic(TOPICS[0])["spec"]["partitions"]
    6
    """
    config = {**topic.config(), "min.insync.replicas": str(MIN_INSYNC)}
    return {
        "apiVersion": API_VERSION,
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "namespace": NAMESPACE, "labels": {"strimzi.io/cluster": CLUSTER}},
        "spec": {
            "topicName": topic.name,
            "partitions": topic.partitions,
            "replicas": REPLICAS,
            "config": {name: int(value) if value.lstrip("-").isdigit() else value for name, value in config.items()},
        },
    }


def document(topic: Topic) -> str:
    """The resource as YAML; all its values are plain words or numbers, so no library is needed to write it."""
    resource = kafka_topic(topic)
    meta, spec = resource["metadata"], resource["spec"]
    lines = [
        f"apiVersion: {resource['apiVersion']}",
        f"kind: {resource['kind']}",
        "metadata:",
        f"  name: {meta['name']}",
        f"  namespace: {meta['namespace']}",
        f"  labels: {{strimzi.io/cluster: {meta['labels']['strimzi.io/cluster']}}}",
        "spec:",
        *(f"  {name}: {spec[name]}" for name in ("topicName", "partitions", "replicas")),
        f"  config: # key: {topic.key}",
        *(f"    {name}: {value}" for name, value in spec["config"].items()),
    ]
    return "\n".join(lines) + "\n"


def manifest() -> str:
    """The whole file, topics in the order of the table."""
    return _HEAD + "---\n".join(document(topic) for topic in TOPICS)


def main() -> None:
    """Write the file."""
    PATH.write_text(manifest())


if __name__ == "__main__":
    main()
