"""A folder belongs to one process at a time, and is free again however that one ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.runtime.folder_lock import alone_in

HOLDS = """
import sys
from pathlib import Path
from services.runtime.folder_lock import alone_in
with alone_in(Path(sys.argv[1]), "worker"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_has_the_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Misconfigured, match=f"held by another worker \\(process {holder.pid}\\)"):
            alone_in(tmp_path, "worker").__enter__()
        holder.kill()
        holder.wait()
        with alone_in(tmp_path, "worker"):
            pass


def test_processes_of_other_names_may_share_a_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path / "new", "profiles"), alone_in(tmp_path / "new", "outcomes"):
        pass


def test_who_has_left_can_come_back(tmp_path: Path) -> None:
    for _ in range(2):
        with alone_in(tmp_path, "creative"):
            pass
