"""The commands and the map of k8s/README.md are right."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import yaml

from services.tools.checks.k8s_check import K8S, KUBECTL, violations
from services.tools.checks.k8s_objects import of_kind, workloads
from services.tools.checks.k8s_whole import SECRETS
from services.tools.stack.state_dir import ROOT

README = (K8S / "README.md").read_text()


def test_the_overlay_that_it_shows_renders_without_fault(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "k8s").symlink_to(K8S)
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay" / "kustomization.yaml").write_text(textwrap.dedent(block))
    done = subprocess.run([KUBECTL, "kustomize", tmp_path / "overlay"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    objects = list(yaml.safe_load_all(done.stdout))
    assert list(violations(objects)) == []
    assert of_kind(objects, "ConfigMap")[0]["data"]["ADLOOM_REDIS"] == "profiles.redis.svc:6379"
    images = {box["image"].partition("/")[0] for work in workloads(objects) for box in work.containers()}
    assert images == {"images.shop.example"}


def test_its_map_names_exactly_the_existing_files() -> None:
    components = {path.name for path in (K8S / "components").iterdir()}
    assert components == set(re.search(r"add: (.*)", README)[1].split(", "))  # type: ignore[index]
    for name in ("kustomization.yaml", "topics", "base", "components"):
        assert f"  {name}" in README
        assert (K8S / name).exists()


def test_its_table_has_every_process() -> None:
    rows = set(re.findall(r"^\| \d `(\w+)`", README, re.MULTILINE))
    assert rows == {"events", "profiles", "creative", "studio", "web", "triton", "outcomes", "evaluation"}


def test_the_secrets_of_its_commands_are_those_that_pods_mount() -> None:
    assert set(re.findall(r"secret generic (\S+)", README)) == SECRETS
    made = set(re.findall(r"--from-file=(\S+)", README))
    code = (ROOT / "services" / "common" / "secrets.py").read_text()
    assert made == {*re.findall(r'"([a-z]+\.json)"', code), "triton.key", "config", "credentials"}
