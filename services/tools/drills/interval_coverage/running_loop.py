"""The same comparison on the running loop: real Kafka, Redis and Triton, and simulated shoppers in real time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from services.common.errors import Broken

SECONDS: Final = 90
_LONGEST_S: Final = 600.0


def run_for(state_dir: Path, environ: Mapping[str, str], seed: int) -> dict[str, Any]:
    """The last line of `adloom run` with a stack of its own in `state_dir`; raises `Broken` where it fails."""
    arguments = ["run", f"--duration={SECONDS}", f"--seed={seed}"]
    command = [sys.executable, "-P", "-m", "services.cli.main", *arguments]
    there = {**environ, "ADLOOM_HOME": str(state_dir)}
    done = subprocess.run(command, env=there, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    if done.returncode:
        raise Broken(f"judgement: adloom run failed: {done.stderr.splitlines()[-1:]}")
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts
