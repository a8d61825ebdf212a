"""The creative service on the shipped fakes, and workshops in which other languages' clients are made of our protos."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from protos.generate import FOR_CLIENTS
from services.tools.stack.addresses import LOOPBACK, any_free_port
from services.tools.stack.state_dir import ROOT
from tests.conftest import stack_environ

FILES = sorted(str(path.relative_to(ROOT / "protos")) for path in (ROOT / "protos").glob("adloom/**/*.proto"))
_AWAY = re.compile(
    r"dial tcp|no such host|i/o timeout|connection re|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|Unknown host|go >= |403"
)
"""What tools say where their registry cannot be reached, or where they are too old."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a client program, in which tools of its language run; kept between runs, as registries are slow."""

    folder: Path
    environ: dict[str, str]

    def run(self, *command: str) -> str:
        """What the command prints; fails with all that it says where it fails."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def fetch(self, *command: str) -> None:
        """Runs a command that asks a registry; skips the test where there is no way to it."""
        try:
            self.run(*command)
        except AssertionError as why:
            if _AWAY.search(str(why)):
                pytest.skip(f"what `{' '.join(command)}` needs cannot be fetched: {str(why).splitlines()[-1]}")
            raise

    def generate(self, *options: str) -> None:
        """Runs protoc as anybody runs it: with the one published file and this language's plugins."""
        self.run(sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={FOR_CLIENTS}", *options, *FILES)


def workshop(language: str, *tools: str, **environ: str) -> Workshop:
    """The workshop of a language, with its program as it is now; skips the test where a tool is not installed."""
    for tool in tools:
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    folder = ROOT / ".adloom" / "clients" / language
    shutil.copytree(Path(__file__).parent / language, folder, dirs_exist_ok=True)
    path = f"{folder / 'bin'}:{folder / 'node_modules' / '.bin'}:{os.environ['PATH']}"
    return Workshop(folder, {**os.environ, "PATH": path, **environ})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a creative service whose Kafka, profiles and models are the shipped fakes."""
    address, folder = f"{LOOPBACK}:{any_free_port()}", tmp_path_factory.mktemp("fakes")
    command = [sys.executable, "-m", "services.tools.drills.overload.creative_on_fakes", address, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=stack_environ(), **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == b"serving\n"
        yield address
        process.stdin.close()  # it ends with its input
        process.wait(30)
