"""`make check`: checks the code without running the loop; a failing check does not stop the others.

python -m services.tools.checks.check [NAME ...]
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from services.tools.stack.state_dir import ROOT

BIN = ROOT / ".venv" / "bin"
IMAGE = ROOT / ".adloom" / "check" / "adloom.binpb"  # our protos as a descriptor image, made by the first proto check
BUF = ("--config", "protos/buf.yaml")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a command that succeeds by its exit status."""

    name: str
    command: tuple[str, ...]


CHECKS = (
    Check("formatting", ("ruff", "format", "--check", ".")),
    Check("lint", ("ruff", "check", ".")),
    Check("types", ("mypy", "--strict", "services", "protos", "feature_repo", "tests")),
    Check("protos are fresh", ("python", "-m", "protos.generate", "--check", "--image", str(IMAGE))),
    Check("protos formatting", ("buf", "format", "protos", "--diff", "--exit-code")),
    Check("protos lint", ("buf", "lint", str(IMAGE), *BUF)),
    Check("protos break nothing", ("buf", "breaking", str(IMAGE), "--against", "protos/baseline.binpb", *BUF)),
    Check("k8s", ("python", "-m", "services.tools.checks.k8s_check")),
    Check("architecture", ("pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_architecture.py")),
)


def passes(check: Check, root: Path) -> bool:
    """Run one check; its output is shown when it fails."""
    began = time.monotonic()
    tool, *arguments = check.command
    done = subprocess.run(
        [str(BIN / tool), *arguments], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    verdict = "FAILED" if done.returncode else "ok"
    sys.stdout.write(f"{verdict:7}{check.name} ({time.monotonic() - began:.1f} s)\n")
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    sys.stdout.flush()
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Run the checks named, or all; 0 when every one passes."""
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    chosen = [check for check in CHECKS if not names or check.name in names]
    failed = [check.name for check in chosen if not passes(check, ROOT)]
    if failed or not chosen:
        sys.stdout.write(f"adloom: {len(failed)} of {len(chosen)} checks failed: {', '.join(failed)}\n")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
