"""Runs drills by the command line, in their short form."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import stack_environ

_WITHIN_S = 540


def drilled(name: str, without: str = "") -> dict[str, Any]:
    """Runs `adloom drill NAME --short --json`, on a build without a defence where one is named; returns its facts."""
    command = [str(Path(sys.executable).parent / "adloom"), "drill", name, "--short", "--json"]
    taken_out = [f"--without={without}"] if without else []
    done = subprocess.run(
        [*command, *taken_out], env=stack_environ(), capture_output=True, text=True, timeout=_WITHIN_S, check=False
    )
    sys.stderr.write(done.stderr)  # shown where the test fails
    assert done.stdout, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == (0 if facts["kept"] else 1), done.stderr
    return facts


def broken(facts: dict[str, Any]) -> list[str]:
    """The promises that were not kept, with what happened."""
    return [f"{promise['promise']}: {promise['happened']}" for promise in facts["promises"] if not promise["kept"]]
