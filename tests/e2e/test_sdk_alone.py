"""The SDK as a shop installs it: a wheel and the packages of its extra, in an environment with nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.tools.stack.session import RunningStack
from tests.conftest import stack_environ
from tests.sdk_example import example

ROOT = Path(__file__).resolve().parents[2]
UV = str(Path(sys.executable).parent / "uv")
ABSENT = ("feast", "faust", "aiokafka", "redis", "torch", "transformers", "tritonclient", "typer")
PROGRAM = """
import importlib.util, pkgutil, sys
import services.sdk
from services.policies.posterior_codec import posterior_of
for module in pkgutil.iter_modules(services.sdk.__path__):
    importlib.import_module(f"services.sdk.{module.name}")
assert services.__path__[0].startswith(sys.prefix), services.__path__
print([name for name in sys.argv[1:] if importlib.util.find_spec(name)])
"""


def run(*command: str | Path, timeout: int = 240) -> str:
    """Standard output of a command that succeeds, with installers' caches inside the checkout."""
    environ = {**os.environ, "UV_CACHE_DIR": str(ROOT / ".adloom/cache/uv")}  # it may need a proxy to the registry
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


def wheel_of(checkout: Path, folder: Path) -> Path:
    """The wheel of what git knows of the checkout, built beside it."""
    listed = run("git", "-C", checkout, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in listed:
        if (checkout / name).exists():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(checkout / name, folder / "source" / name)
    options = ("--wheel", "--no-build-isolation", "--quiet", "--python", sys.executable, "--out-dir", folder / "wheel")
    run(UV, "build", *options, folder / "source")
    (wheel,) = (folder / "wheel").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def sdk_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the SDK and what it needs, from the lock."""
    folder = tmp_path_factory.mktemp("sdk")
    subset = run(sys.executable, ROOT / "services/tools/stack/locked_subset.py", "sdk")
    (folder / "subset.txt").write_text(subset)
    python = folder / "env" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "env")
    install = (UV, "pip", "install", "--quiet", "--no-deps", "--python", python)
    run(*install, "--require-hashes", "-r", folder / "subset.txt")
    run(*install, wheel_of(ROOT, folder))
    run(UV, "pip", "check", "--python", python)
    return python


@pytest.mark.timeout(300)
def test_the_sdk_is_imported_where_nothing_is_that_stages_need(sdk_python: Path) -> None:
    assert run(sdk_python, "-P", "-c", PROGRAM, *ABSENT).strip() == "[]"


@pytest.mark.timeout(300)
def test_the_example_runs_with_the_sdk_alone(sdk_python: Path, stack: RunningStack, tmp_path: Path) -> None:
    (tmp_path / ".adloom").mkdir()
    (tmp_path / ".adloom/secrets").symlink_to(stack.state_dir.secrets)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")  # for `adloom status`; the example itself is run by `sdk_python`
    (tmp_path / "example.py").write_text(example())
    environ = {**stack_environ(), "ADLOOM_HOME": str(stack.state_dir.folder)}
    command = [str(sdk_python), "example.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    headline, tally, *_ = done.stdout.splitlines()
    assert 0 < float(headline.rpartition(" ")[2]) <= 1
    assert tally in (f"Tally(sent={sent}, failed=0, first_failure='')" for sent in (1, 2))
