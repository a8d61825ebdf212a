"""The process needs no torch, and no other process's code."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
sys.modules["torch"] = None
import services.creative.main
loaded = {name.split(".")[1] for name in sys.modules if name.startswith("services.") and name.count(".")}
print(sorted(loaded))
"""


def test_everything_is_imported_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(
        [
            "assets",
            "catalogue",
            "common",
            "composer",
            "copywriter",
            "creative",
            "features",
            "models",
            "policies",
            "runtime",
            "screening",
            "wire",
        ]
    )
