"""A copy of the product with one defence taken out, to show that a drill notices."""

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
        shutil.copytree(ROOT / name, folder / name)  # with what is compiled of it, else every process does that again
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    for shared in (PARTS, ROOT / ".venv"):
        there = folder / shared.relative_to(ROOT)
        there.parent.mkdir(exist_ok=True)
        there.symlink_to(shared)
    take_out(mutation, folder)
    return folder


def take_out(mutation: Mutation, root: Path) -> None:
    """Rewrites the defence's file; raises `Misconfigured` where its text does not stand there exactly once."""
    path = root / mutation.path
    text = path.read_text()
    if text.count(mutation.old) != 1:
        found = f"{text.count(mutation.old)} times"
        raise Misconfigured(f"defence {mutation.name}: its text stands {found} in {mutation.path}, expected once.")
    path.write_text(text.replace(mutation.old, mutation.new))
    Path(cache_from_source(path)).unlink(missing_ok=True)


def run_there(build: Path, words: list[str], environ: Mapping[str, str]) -> int:
    """The `adloom` command of that build with these words; its exit status."""
    search = os.pathsep.join(filter(None, [str(build), environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-P", "-m", "services.cli.main", *words]
    with subprocess.Popen(command, env={**environ, "PYTHONPATH": search}, cwd=build) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C has told it too, a signal to us alone has not
            with suppress(subprocess.TimeoutExpired):
                process.wait(_BY_ITSELF_S)
            process.terminate()
            process.wait()
            raise
