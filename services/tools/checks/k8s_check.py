"""Checks k8s/ without a cluster: `python -m services.tools.checks.k8s_check`, a line for everything that is wrong.

Kustomize renders the base with every combination of its components, as an operator's overlay would. Every object is
checked against its schema, and then against our own rules (`k8s_pods.py`, `k8s_network.py`, `k8s_whole.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from pathlib import Path

import yaml

from services.common.errors import Misconfigured
from services.tools.checks import k8s_network, k8s_pods, k8s_schema, k8s_topics, k8s_whole
from services.tools.checks.k8s_objects import Object, workloads
from services.tools.stack.state_dir import ROOT

K8S = ROOT / "k8s"
KUBECTL = Path(sys.executable).with_name("kubectl")
_RENDER_S = 60.0


def subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of components, none and all included.

    >>> list(subsets(["redis", "triton-gpu"]))
    [(), ('redis',), ('triton-gpu',), ('redis', 'triton-gpu')]
    """
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def overlay(k8s: Path, components: Iterable[str], folder: Path) -> str:
    """The text of a kustomization in `folder` that includes all of `k8s` with these components."""
    way = os.path.relpath(k8s.resolve(), folder.resolve())
    chosen = [f"{way}/components/{name}" for name in components]
    return yaml.safe_dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [way],
            "components": chosen,
        }
    )


def render(k8s: Path, components: Iterable[str] = ()) -> list[Object]:
    """The objects that `kubectl apply -k` would apply; raises `Misconfigured` with kustomize's own message."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "kustomization.yaml").write_text(overlay(k8s, components, Path(name)))
        done = subprocess.run(
            [str(KUBECTL), "kustomize", name], capture_output=True, text=True, check=False, timeout=_RENDER_S
        )
    if done.returncode:
        raise Misconfigured(f"kustomize: {done.stderr.strip()}")
    return [item for item in yaml.safe_load_all(done.stdout) if item]


def violations(objects: Sequence[Object]) -> Iterator[str]:
    """Everything that is wrong with rendered objects; the pod rules apply only where all objects fit their schemas."""
    malformed = [line for item in objects for line in k8s_schema.violations(item)]
    yield from malformed
    if not malformed:
        yield from (line for work in workloads(objects) for line in k8s_pods.violations(work))
        yield from k8s_network.violations(objects)
        yield from k8s_whole.violations(objects)


def check(k8s: Path = K8S) -> dict[str, list[str]]:
    """What is wrong, by combination of components; the lines of the bare base are not repeated."""
    components = sorted(path.parent.name for path in k8s.glob("components/*/kustomization.yaml"))
    found: dict[str, list[str]] = {}
    for chosen in subsets(components):
        try:
            lines = list(violations(render(k8s, chosen)))
        except Misconfigured as error:
            lines = [str(error)]
        known = found.get("base", [])
        found[" + ".join(("base", *chosen))] = [line for line in lines if line not in known or not chosen]
    if k8s_topics.manifest() != (k8s / "topics" / "topics.yaml").read_text():
        found["base"].append("topics/topics.yaml is stale: run python -m services.tools.checks.k8s_topics")
    return found


def main() -> int:
    """Print what is wrong; 0 where nothing is."""
    found = check()
    for combination, lines in found.items():
        for line in lines:
            sys.stdout.write(f"k8s, {combination}: {line}\n")
    wrong = sum(map(len, found.values()))
    sys.stdout.write(f"k8s: {len(found)} combinations rendered and checked, {wrong} faults\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
