"""Rules across objects: references between objects, the single writer, workers and their partitions, topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from services.common.topics import PARTITIONS, TOPICS
from services.tools.checks.k8s_objects import NAME_LABEL, Object, Workload, of_kind, selects, title, workloads
from services.tools.checks.k8s_settings import known_variables, source_of
from services.tools.checks.k8s_topics import NAMESPACE as TOPICS_NAMESPACE
from services.tools.checks.k8s_topics import kafka_topic

Rule = Callable[[Sequence[Object]], Iterator[str]]

SECRETS = {"adloom-secrets", "adloom-triton", "adloom-object-store"}
"""Secrets that the operator makes (README); a repository must not contain secrets."""

OF_PICTURES = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
"""What the client of an object store reads by itself, in a process that has pictures."""

PROCESSES = {
    "events": "services.events.main",
    "profiles": "services.profiles.main",
    "creative": "services.creative.main",
    "studio": "services.studio.main",
    "web": "services.web.main",
    "outcomes": "services.outcomes.main",
    "evaluation": "services.evaluation.main",
}
WORKERS = ("profiles", "outcomes")
ONE_WRITER = "evaluation"


def names_meet(objects: Sequence[Object]) -> Iterator[str]:
    """Everything that a workload refers to exists: accounts, volume claims, secrets, its own pods' labels."""
    accounts = {item["metadata"]["name"] for item in of_kind(objects, "ServiceAccount")}
    claims = {item["metadata"]["name"] for item in of_kind(objects, "PersistentVolumeClaim")}
    for work in workloads(objects):
        if work.pod.get("serviceAccountName") not in accounts:
            yield f"{work.title}: there is no ServiceAccount {work.pod.get('serviceAccountName')}"
        for volume in work.pod.get("volumes", []):
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            if claim and claim not in claims:
                yield f"{work.title}: there is no PersistentVolumeClaim {claim}"
            secret = volume.get("secret", {}).get("secretName")
            if secret and secret not in SECRETS:
                yield f"{work.title}: nobody makes the secret {secret}"
        if not selects(work.spec.get("selector", {}), work.labels):
            yield f"{work.title}: its selector does not select its own pods"


def configuration_is_there(objects: Sequence[Object]) -> Iterator[str]:
    """Every ConfigMap key that a container reads exists."""
    data = {item["metadata"]["name"]: item.get("data", {}) for item in of_kind(objects, "ConfigMap")}
    for work in workloads(objects):
        for box in work.containers():
            for variable in box.get("env", []):
                wanted = variable.get("valueFrom", {}).get("configMapKeyRef")
                if wanted and wanted["key"] not in data.get(wanted["name"], {}):
                    yield f"{work.title}: {variable['name']} reads {wanted['key']}, which {wanted['name']} lacks"


def selectors_meet_pods(objects: Sequence[Object]) -> Iterator[str]:
    """Services, budgets and policies select pods that exist; an autoscaler scales something that exists."""
    works = list(workloads(objects))
    for item in of_kind(objects, "Service", "PodDisruptionBudget"):
        chosen = item["spec"]["selector"]
        selector = chosen if item["kind"] == "PodDisruptionBudget" else {"matchLabels": chosen}
        if not any(selects(selector, work.labels) for work in works):
            yield f"{title(item)}: selects no pod"
    for policy in of_kind(objects, "NetworkPolicy"):
        if not any(selects(policy["spec"]["podSelector"], work.labels) for work in works):
            yield f"{title(policy)}: selects no pod"
    for scaler in of_kind(objects, "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        if not any((work.kind, work.name) == (target["kind"], target["name"]) for work in works):
            yield f"{title(scaler)}: scales {target['kind']}/{target['name']}, which is not there"


def every_process_runs(objects: Sequence[Object]) -> Iterator[str]:
    """Each process has a workload of its name that runs its module."""
    works = {work.name: work for work in workloads(objects)}
    for name, module in PROCESSES.items():
        work = works.get(name)
        boxes = work.pod["containers"] if work else []
        if not any(box["name"] == name and _module(box) == module for box in boxes):
            yield f"no workload {name} runs python -m {module}"
        if work and work.labels.get(NAME_LABEL) != name:
            yield f"{work.title}: its pods lack the label {NAME_LABEL}: {name}"


def variables_are_known(objects: Sequence[Object]) -> Iterator[str]:
    """The module of a command exists and knows every ADLOOM_* variable of its container."""
    for work in workloads(objects):
        for box in work.containers():
            module = _module(box)
            if module and source_of(module) is None:
                yield f"{work.title}: {box['name']} runs {module}, which does not exist"
            elif module:
                given = {variable["name"] for variable in box.get("env", [])}
                known = known_variables(module)
                known |= OF_PICTURES if "ADLOOM_ASSETS_DIR" in known else set()
                for name in sorted(given - known):
                    yield f"{work.title}: {box['name']} is given {name}, which no settings of {module} know"


def one_writer_is_one(objects: Sequence[Object]) -> Iterator[str]:
    """Evaluation never runs twice at once, not even during a roll-out."""
    for work in workloads(objects):
        if work.name != ONE_WRITER:
            continue
        if work.spec.get("replicas") != 1 or work.spec.get("strategy") != {"type": "Recreate"}:
            yield f"{work.title}: must have replicas 1 and strategy Recreate, it is the only writer of its topics"
    for scaler in of_kind(objects, "HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] == ONE_WRITER:
            yield f"{title(scaler)}: the only writer must not be scaled"


def workers_keep_their_state(objects: Sequence[Object]) -> Iterator[str]:
    """A Faust worker has a disk and a name of its own, and there are at most as many replicas as partitions."""
    for work in workloads(objects):
        if work.name not in WORKERS:
            continue
        if work.kind != "StatefulSet" or not work.spec.get("volumeClaimTemplates"):
            yield f"{work.title}: must be a StatefulSet with a volume claim, its state is on disk"
        if work.spec.get("replicas", 1) > PARTITIONS:
            yield f"{work.title}: {work.spec['replicas']} replicas, but topics have {PARTITIONS} partitions"
        names = [v.get("valueFrom", {}) for v in _variables(work) if v["name"] == "ADLOOM_INSTANCE"]
        if names != [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}] and names != [
            {"fieldRef": {"fieldPath": "metadata.name"}}
        ]:
            yield f"{work.title}: ADLOOM_INSTANCE must be the pod's name (static membership)"


def topics_are_the_tables(objects: Sequence[Object]) -> Iterator[str]:
    """The KafkaTopics equal the topics table; only the replication is the operator's choice."""
    found = {item["metadata"]["name"]: item for item in of_kind(objects, "KafkaTopic")}
    for topic in TOPICS:
        item = found.pop(topic.name, None)
        if item is None:
            yield f"KafkaTopic/{topic.name} is missing"
        elif _meaning(item) != _meaning(kafka_topic(topic)):
            yield f"KafkaTopic/{topic.name} differs from the table: run python -m services.tools.checks.k8s_topics"
    yield from (f"KafkaTopic/{name} is not in services/common/topics.py" for name in found)


def _meaning(item: Object) -> Any:
    spec = item["spec"]
    config = {name: value for name, value in spec["config"].items() if name != "min.insync.replicas"}
    return spec["topicName"], spec["partitions"], config, item["metadata"].get("namespace") == TOPICS_NAMESPACE


def _module(box: Object) -> str:
    command = box.get("command", [])
    return command[2] if command[:2] == ["python", "-m"] else ""


def _variables(work: Workload) -> list[Object]:
    return [variable for box in work.containers() for variable in box.get("env", [])]


RULES: tuple[Rule, ...] = (
    names_meet,
    configuration_is_there,
    selectors_meet_pods,
    every_process_runs,
    variables_are_known,
    one_writer_is_one,
    workers_keep_their_state,
    topics_are_the_tables,
)


def violations(objects: Sequence[Object]) -> Iterator[str]:
    """What is wrong with the objects together, a line each."""
    for rule in RULES:
        yield from rule(objects)
