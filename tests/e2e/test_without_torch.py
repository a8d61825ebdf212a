"""The serving processes run in an environment in which torch was never installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.tools.stack.addresses import choose_ports
from services.tools.stack.health_endpoint import HealthEndpoint
from services.tools.stack.session import RunningStack
from tests.conftest import stack_environ
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = ("events", "profiles", "creative", "studio", "web", "outcomes", "evaluation")


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The interpreter of an environment with the locked packages of the serving extras, and nothing else."""
    folder = tmp_path_factory.mktemp("serving")
    binaries = Path(sys.executable).parent
    subset = subprocess.run(
        [sys.executable, str(ROOT / "services/tools/stack/locked_subset.py"), *PROCESSES],
        capture_output=True,
        text=True,
        check=True,
    )
    (folder / "subset.txt").write_text(subset.stdout)
    environ = {"UV_CACHE_DIR": str(ROOT / ".adloom/cache/uv"), **os.environ}
    python = folder / "env" / "bin" / "python"
    subprocess.run([str(binaries / "uv"), "venv", "--quiet", "--python", sys.executable, folder / "env"], check=True)
    options = ("--quiet", "--no-deps", "--require-hashes", "--python", str(python), "-r", str(folder / "subset.txt"))
    subprocess.run([str(binaries / "uv"), "pip", "install", *options], env=environ, check=True, timeout=240)
    yield python


@pytest.mark.timeout(420)
def test_every_serving_process_becomes_ready_where_there_is_no_torch(
    bare_python: Path, parts: RunningStack, tmp_path: Path
) -> None:
    missing = subprocess.run([bare_python, "-c", "import torch"], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in missing.stderr
    ports = choose_ports((*PROCESSES, "creative_grpc", "events_grpc", "web_http"), {}, start=os.getpid())
    with ExitStack() as processes:
        for name in PROCESSES:
            environ = {
                **stack_environ(),
                **parts.environ(),
                "PYTHONPATH": str(ROOT),
                "ADLOOM_ASSETS_DIR": str(tmp_path / "assets"),
                "ADLOOM_DATA_DIR": str(tmp_path / name),
                "ADLOOM_INSTANCE": f"no-torch-{name}",
                "ADLOOM_HEALTH_PORT": str(ports[name]),
                "ADLOOM_CREATIVE": f"127.0.0.1:{ports['creative_grpc']}",
                "ADLOOM_EVENTS": f"127.0.0.1:{ports['events_grpc']}",
                "ADLOOM_WEB": f"127.0.0.1:{ports['web_http']}",
            }
            log = processes.enter_context((tmp_path / f"{name}.log").open("wb"))
            command = [str(bare_python), "-m", f"services.{name}.main"]
            process = subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=log, stderr=log)
            processes.callback(process.wait, 30)
            processes.callback(process.terminate)
        for name in PROCESSES:
            wait_for(f"{name} ready", HealthEndpoint(f"127.0.0.1:{ports[name]}", name).ready, within_s=120)
            assert "Traceback" not in (tmp_path / f"{name}.log").read_text()
