"""`adloom train` reports missing data in one sentence."""

import subprocess
import sys
from pathlib import Path


def test_training_without_pictures_names_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "services.cli.main", "train", "generator", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"ADLOOM_HOME": str(tmp_path)})
    assert done.returncode == 2
    assert "apt-get install dataset-fashion-mnist" in done.stderr
    assert "Traceback" not in done.stderr
