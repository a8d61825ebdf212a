"""Makes a copy of the product without one defence, to show that the drill then fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from services.common.errors import Misconfigured
from services.tools.drills.drill import Mutation
from services.tools.stack.state_dir import PARTS, ROOT

PRODUCT = ("services", "protos", "feature_repo", "model_repository", "k8s")
_BY_ITSELF_S = 15.0


def build_without(mutation: Mutation, folder: Path) -> Path:
    """A checkout in `folder` that lacks the defence; installed parts are shared with this one."""
    for name in PRODUCT:
        shutil.copytree(
            ROOT / name, folder / name
        )  # with compiled files, which each process would compile again otherwise
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    for shared in (PARTS, ROOT / ".venv"):
        there = folder / shared.relative_to(ROOT)
        there.parent.mkdir(exist_ok=True)
        there.symlink_to(shared)
    take_out(mutation, folder)
    return folder


def take_out(mutation: Mutation, root: Path) -> None:
    """Rewrites the defence's file; raises `Misconfigured` where its text does not occur there exactly once."""
    path = root / mutation.path
    text = path.read_text()
    if text.count(mutation.old) != 1:
        found = f"{text.count(mutation.old)} times"
        raise Misconfigured(f"defence {mutation.name}: its text occurs {found} in {mutation.path}, expected once.")
    path.write_text(text.replace(mutation.old, mutation.new))
    Path(cache_from_source(path)).unlink(missing_ok=True)


def run_there(build: Path, arguments: list[str], environ: Mapping[str, str]) -> int:
    """Runs the `adloom` command of that build with these arguments; returns its exit status."""
    search = os.pathsep.join(filter(None, [str(build), environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-P", "-m", "services.cli.main", *arguments]
    with subprocess.Popen(command, env={**environ, "PYTHONPATH": search}, cwd=build) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C has reached the child too; a signal to this process alone has not
            with suppress(subprocess.TimeoutExpired):
                process.wait(_BY_ITSELF_S)
            process.terminate()
            process.wait()
            raise
