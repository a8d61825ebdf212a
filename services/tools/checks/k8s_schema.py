"""Checks each object against the schema of its API: Kubernetes' own schemas, and a small one for KafkaTopic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate

from services.tools.checks.k8s_objects import Object, title
from services.tools.checks.k8s_topics import API_VERSION

VERSIONS = ("1.34", "1.37")
"""The oldest supported release of Kubernetes (the first with the lifecycle hook `sleep`), and the newest known."""

_TOPIC_SPEC: dict[str, type] = {"topicName": str, "partitions": int, "replicas": int, "config": dict}


def violations(item: Object) -> Iterator[str]:
    """Where one object does not fit its schema, a line each."""
    missing = [name for name in ("apiVersion", "kind", "metadata") if not item.get(name)]
    if missing:
        yield f"{title(item)}: lacks {', '.join(missing)}"
    elif item["kind"] == "KafkaTopic":
        yield from (f"{title(item)}: {line}" for line in _topic(item))
    else:
        yield from _kubernetes(item)


def _kubernetes(item: Object) -> Iterator[str]:
    yield from _known(json.dumps(item, sort_keys=True))


@cache
def _known(text: str) -> tuple[str, ...]:
    """Cached by the object's JSON, because most objects are the same in every combination of components."""
    return tuple(_against_schemas(json.loads(text)))


def _against_schemas(item: Object) -> Iterator[str]:
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as exc:
            where = ".".join(str(step) for step in exc.path)
            yield f"{title(item)}: {where or 'object'}: {exc.message} (Kubernetes {version})"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{title(item)}: {item['apiVersion']} is not known to Kubernetes {version}"


def _topic(item: Object) -> Iterator[str]:
    """Strimzi ships its schema only with its operator, so the small part that we use is checked here."""
    if item["apiVersion"] != API_VERSION:
        yield f"apiVersion {item['apiVersion']} where {API_VERSION} was expected"
    if not item["metadata"].get("labels", {}).get("strimzi.io/cluster"):
        yield "lacks the label strimzi.io/cluster: no operator would look at it"
    spec: dict[str, Any] = item.get("spec", {})
    yield from (f"spec.{name} is not known" for name in sorted(set(spec) - set(_TOPIC_SPEC)))
    for name, kind in _TOPIC_SPEC.items():
        value = spec.get(name)
        if not isinstance(value, kind) or value in (0, ""):
            yield f"spec.{name}: {value!r} where {kind.__name__} was expected"
    for name, value in dict(spec.get("config") or {}).items():
        if not isinstance(value, str | int):
            yield f"spec.config.{name}: {value!r} where a word or a number was expected"
