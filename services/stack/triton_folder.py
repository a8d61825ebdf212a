"""Triton's back-end folder, laid out from the files of the nvidia-pytriton wheel."""

from __future__ import annotations

import filecmp
import importlib.util
import shutil
import sysconfig
from pathlib import Path

from services.common.errors import Misconfigured
from services.stack.bootstrap import LIBPYTHON, libpython_folders
from services.stack.home import PARTS

BACKENDS = PARTS / "triton"
STUB = "triton_python_backend_stub"


def server_files() -> Path:
    """The folder of the wheel that holds tritonserver."""
    found = importlib.util.find_spec("pytriton")
    if found is None or found.origin is None:
        raise Misconfigured("The nvidia-pytriton wheel is not installed: run make setup.")
    return Path(found.origin).parent / "tritonserver"


def libraries() -> Path:
    """The folder of the wheel's own shared libraries."""
    return Path(sysconfig.get_path("purelib")) / "nvidia_pytriton.libs"


def libpython_folder() -> Path:
    """Where the shared library of Python lies, which the stubs need; raises `Misconfigured` where it is missing."""
    for folder in libpython_folders():
        if (folder / LIBPYTHON).exists():
            return folder
    raise Misconfigured(f"{LIBPYTHON} is missing: install libpython3.11 (Triton's stubs would hang without it).")


def wanted() -> dict[str, Path]:
    """Name -> source of every file of the back-end folder."""
    files = server_files()
    backend = {path.name: path for path in (files / "backends" / "python").iterdir() if path.is_file()}
    return {**backend, STUB: files / "python_backend_stubs" / "3.11" / STUB}


def is_laid_out() -> bool:
    """Whether the folder holds exactly these files; servers that run from it must not lose it."""
    folder = BACKENDS / "python"
    return all((folder / n).exists() and filecmp.cmp(source, folder / n) for n, source in wanted().items())


def install() -> None:
    """Copy the Python back end and the stub of this Python, executable; nothing is done when they are there."""
    (server_files() / "bin" / "tritonserver").chmod(0o755)
    if is_laid_out():
        return
    fresh = BACKENDS.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "python").mkdir(parents=True)
    for name, source in wanted().items():
        shutil.copy(source, fresh / "python" / name)
    (fresh / "python" / STUB).chmod(0o755)
    shutil.rmtree(BACKENDS, ignore_errors=True)
    fresh.rename(BACKENDS)
