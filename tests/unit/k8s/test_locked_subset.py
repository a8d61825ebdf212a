"""An image installs exactly the part of the lock file that its extras need, with unchanged lines."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from services.tools.stack.locked_subset import ROOT, closure, declared, pins, subset

LOCK = """\
# head
app-lib==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via adloom (pyproject.toml)
deep==2.0 \\
    --hash=sha256:bb
    # via
    #   app-lib
    #   other
other==3.0 ; python_version < "3.12" \\
    --hash=sha256:cc
    # via adloom (pyproject.toml)
ring-a==1.0 \\
    --hash=sha256:dd
    # via
    #   app-lib
    #   ring-b
ring-b==1.0 \\
    --hash=sha256:ee
    # via ring-a
"""
PROJECT = """\
[project]
name = "adloom"
dependencies = ["App_Lib[fast]>=1"]
[project.optional-dependencies]
one = ["adloom[two]", "other==3.0"]
two = ["deep"]
"""
SERVING = ["events", "profiles", "creative", "studio", "web", "outcomes", "evaluation"]


def test_a_pin_keeps_its_lines_as_they_are() -> None:
    found = pins(LOCK)
    assert list(found) == ["app-lib", "deep", "other", "ring-a", "ring-b"]
    assert "# head\n" + "".join(pin.lines for pin in found.values()) == LOCK


def test_what_came_through_a_package_comes_with_it_and_circles_end() -> None:
    assert [pin.name for pin in closure(pins(LOCK), {"app-lib"})] == ["app-lib", "deep", "ring-a", "ring-b"]


def test_extras_of_our_own_are_followed() -> None:
    project = tomllib.loads(PROJECT)["project"]
    assert declared(project, []) == {"app-lib"}
    assert declared(project, ["one"]) == {"app-lib", "other", "deep"}


@pytest.mark.parametrize(
    ("extras", "lock", "said"),
    [(["three"], LOCK, "no extra 'three'"), (["one"], LOCK.replace("other==", "others=="), "pins no other")],
)
def test_what_is_not_declared_or_not_locked_is_said(tmp_path: Path, extras: list[str], lock: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "requirements.lock").write_text(lock)
    with pytest.raises(SystemExit, match=said):
        subset(extras, tmp_path)


def test_serving_needs_no_torch_and_training_does() -> None:
    serving = {pin.name for pin in subset(SERVING)}
    assert {"faust-streaming", "feast", "grpcio", "kafka-python", "tritonclient"} <= serving
    assert not {name for name in serving if name in ("torch", "transformers", "triton") or name.startswith("nvidia-")}
    assert {"torch", "transformers", "safetensors"} <= {pin.name for pin in subset(["models"])}


def test_every_pin_of_the_real_lock_is_reached_by_some_extra() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert subset(extras) == list(pins((ROOT / "requirements.lock").read_text()).values())


def test_every_pin_of_the_real_lock_has_hashes() -> None:
    assert [pin.name for pin in subset(SERVING) if "--hash=sha256:" not in pin.lines] == []


def test_it_runs_without_anything_installed() -> None:
    # In an image it runs before the packages are there, so in an interpreter without site-packages.
    script = ROOT / "services/tools/stack/locked_subset.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", script, "events"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "".join(pin.lines for pin in subset(["events"]))
