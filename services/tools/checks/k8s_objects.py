"""The nouns of the Kubernetes check: an object as parsed from YAML, and a workload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
"""One Kubernetes object, as parsed."""

NAME_LABEL = "app.kubernetes.io/name"
_TEMPLATE = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}


def title(item: Object) -> str:
    """The name of an object in messages.

    >>> title({"kind": "Service", "metadata": {"name": "triton"}})
    'Service/triton'
    """
    return f"{item.get('kind', '?')}/{item.get('metadata', {}).get('name', '?')}"


def of_kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    """The objects of these kinds, in order."""
    return [item for item in objects if item.get("kind") in kinds]


@dataclass(frozen=True, slots=True)
class Workload:
    """An object that runs pods."""

    kind: str
    name: str
    spec: Object
    pod: Object  # the pods' spec
    labels: dict[str, str]  # the pods' labels

    @property
    def title(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def serves(self) -> bool:
        """Whether its pods run until they are told to end."""
        return self.kind not in {"Job", "CronJob"}

    def containers(self) -> list[Object]:
        """All containers, init containers included."""
        return [*self.pod.get("initContainers", []), *self.pod.get("containers", [])]

    def ports(self) -> dict[str, int]:
        """Number by name of every port that a container declares."""
        declared = (port for container in self.containers() for port in container.get("ports", []))
        return {port.get("name", str(port["containerPort"])): port["containerPort"] for port in declared}


def workloads(objects: Iterable[Object]) -> Iterator[Workload]:
    """Everything that runs pods."""
    for item in objects:
        spec = item.get("spec", {})
        if item.get("kind") == "Pod":
            template: Object = {"spec": spec, "metadata": item["metadata"]}
        elif item.get("kind") == "CronJob":
            template = spec["jobTemplate"]["spec"]["template"]
        elif item.get("kind") in _TEMPLATE:
            template = spec["template"]
        else:
            continue
        labels = template.get("metadata", {}).get("labels", {})
        yield Workload(item["kind"], item["metadata"]["name"], spec, template["spec"], labels)


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector selects these labels; raises `ValueError` for expressions, which we do not use.

    >>> selects({}, {"a": "b"}), selects({"matchLabels": {"a": "c"}}, {"a": "b"})
    (True, False)
    """
    if "matchExpressions" in selector:
        raise ValueError(f"matchExpressions in {selector}")
    return all(labels.get(name) == value for name, value in selector.get("matchLabels", {}).items())
