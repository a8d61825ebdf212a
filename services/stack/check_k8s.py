"""Builds every kustomization under k8s/ and validates what comes out against Kubernetes' own schemas; offline."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

from services.stack.home import ROOT

KUBERNETES = "1.32"
KUBECTL = ROOT / ".venv" / "bin" / "kubectl"


def kustomizations(k8s: Path) -> list[Path]:
    """Folders that can be built by themselves; components are built by the overlays that use them."""
    found = []
    for path in sorted(k8s.glob("**/kustomization.yaml")):
        if yaml.safe_load(path.read_text()).get("kind", "Kustomization") == "Kustomization":
            found.append(path.parent)
    return found


def build(folder: Path) -> list[dict[str, Any]]:
    """The resources of one kustomization."""
    done = subprocess.run([str(KUBECTL), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{folder}: {done.stderr.strip()}")
    return [resource for resource in yaml.safe_load_all(done.stdout) if resource]


def is_builtin(resource: dict[str, Any]) -> bool:
    """Whether Kubernetes itself defines this kind; custom resources (Strimzi's KafkaTopic) have other schemas.

    >>> is_builtin({"apiVersion": "apps/v1"}), is_builtin({"apiVersion": "kafka.strimzi.io/v1"})
    (True, False)
    """
    group = resource["apiVersion"].rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with one kustomization, a sentence each."""
    try:
        resources = build(folder)
    except ValueError as exc:
        yield str(exc)
        return
    for resource in filter(is_builtin, resources):
        name = f"{folder}: {resource['kind']}/{resource['metadata']['name']}"
        try:
            kubernetes_validate.validate(resource, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as exc:
            yield f"{name}: {'.'.join(map(str, exc.path))}: {exc.message}"


def main() -> int:
    """0 when there is something to build and nothing wrong with it."""
    folders = kustomizations(ROOT / "k8s")
    found = [fault for folder in folders for fault in faults(folder)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found) or f"{len(folders)} kustomizations are valid\n")
    return 1 if found or not folders else 0


if __name__ == "__main__":
    sys.exit(main())
