"""Installs exactly the packages of requirements.lock in `.venv`, from a bare Python 3.11; resumable.

Runs before anything is installed (`make setup`), so it uses the standard library only and imports nothing of ours.
Each step leaves a stamp made from what it depends on; a step whose stamp is there is skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STATE = ROOT / ".adloom"
STAMPS = STATE / "stamps"
TORCH = STATE / "torch"  # the build that was chosen last
BUILDS = ("cuda", "cpu")
LIBPYTHON = "libpython3.11.so.1.0"
GLIBC = (2, 35)
LONGEST_ROOT = 380  # its .adloom must be no longer than state_dir.py takes
COMPILED = ("services", "protos", "feature_repo")


class SetupError(Exception):
    """One sentence for the user: what is missing and what to install."""


def report(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def libpython_folders() -> list[Path]:
    """Where the shared library of this interpreter may lie, the likeliest first."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    bases = [Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"), Path(sys.base_prefix) / "lib"]
    return [folder for base in bases for folder in (base, base / multiarch)]


def missing_parts() -> str:
    """One sentence saying what this machine lacks, or nothing."""
    if unfit(ROOT):
        return unfit(ROOT)
    if sys.version_info[:2] != (3, 11):
        return f"Python 3.11 is needed, this is {platform.python_version()}: install python3.11 (or set PYTHON=...)."
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"The local stack runs on Linux x86_64 only, this is {sys.platform} {platform.machine()}."
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "Python's venv module is missing: install python3.11-venv."
    if not any((folder / LIBPYTHON).exists() for folder in libpython_folders()):
        return f"{LIBPYTHON} is missing: install libpython3.11 (or a Python built with --enable-shared)."
    found = tuple(int(part) for part in platform.libc_ver()[1].split(".")[:2] if part.isdigit())
    if found < GLIBC:
        return f"A C library of version {GLIBC[0]}.{GLIBC[1]} or newer is needed (Debian 12 has it), this is {found}."
    return ""


def environment() -> dict[str, str]:
    """This environment, with installers' caches inside the checkout unless the caller set a folder."""
    return {
        "UV_CACHE_DIR": str(STATE / "cache" / "uv"),
        "UV_HTTP_TIMEOUT": "180",
        **os.environ,
        "VIRTUAL_ENV": str(VENV),
    }


def execute(*command: str) -> None:
    """Run a command with its output shown; a failure is one sentence."""
    done = subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SetupError(
            f"'{' '.join(command[:4])} ...' failed with exit status {done.returncode} (its output is above)."
        )


def locked(name: str) -> str:
    """The lines of the lock that pin one package with its hashes.

    >>> locked("uv").startswith("uv==")
    True
    """
    found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)+.*\n", LOCK.read_text(), re.MULTILINE)
    if not found:
        raise SetupError(f"requirements.lock pins no '{name}': run make lock.")
    return found.group()


def make_venv() -> None:
    execute(sys.executable, "-m", "venv", "--clear", str(VENV))


def install_installer() -> None:
    """uv comes from the same lock and is checked against the same hashes."""
    pinned = STATE / "uv.lock.txt"
    pinned.write_text(locked("uv"))
    # Not by bin/pip: an environment's scripts do not start where its path contains blanks or shell characters.
    execute(
        str(VENV / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(pinned)
    )


def without_torch(lock: str) -> tuple[str, str]:
    """The lock without torch and what only its CUDA build needs, and torch's pin."""
    blocks = re.findall(r"^[a-z].*\\\n(?:[ #].*\n)*", lock, re.MULTILINE)
    cuda = re.compile(r"(torch|triton|cuda-[a-z]+|nvidia-(?!pytriton)[a-z0-9-]+)==")
    torch = next((b.split()[0] for b in blocks if b.startswith("torch==")), "torch")
    return "".join(b for b in blocks if not cuda.match(b)), torch


def install_locked() -> None:
    """Installs everything in the lock; torch's CPU build comes from an index of its own, so without our hashes.

    Bytecode is compiled now. Where Python may not write its caches, as in many containers, every process would compile
    all its imports again, which is two thirds of its start time.
    """
    uv = str(VENV / "bin/uv")
    source = LOCK
    if torch_build() == "cpu":
        rest, torch = without_torch(LOCK.read_text())
        source = STATE / "requirements-cpu.txt"
        source.write_text(rest)
        execute(uv, "pip", "install", "--no-deps", "--torch-backend", "cpu", torch)
    execute(uv, "pip", "install", "--no-deps", "--compile-bytecode", "--require-hashes", "-r", str(source))


def install_project() -> None:
    """Installs a path entry for the whole checkout ("compat"): packages added later need no new installation."""
    uv, mode = str(VENV / "bin/uv"), "editable_mode=compat"
    # By '.': the installer reads a path with blanks at its end as another folder.
    execute(uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-C", mode, "-e", ".")
    write_launcher(VENV / "bin/adloom")
    write_path_entry(next(VENV.glob("lib/python3.*/site-packages/*adloom*.pth")))
    execute(str(VENV / "bin/python"), "-m", "compileall", "-q", *(str(ROOT / name) for name in COMPILED))


def write_path_entry(path: Path) -> None:
    """Writes the path entry of our packages as ASCII code: a plain path is decoded in each process's locale, and loses
    the blanks at its end."""
    path.write_text(f"import os, sys; sys.path.append(os.fsdecode({os.fsencode(ROOT)!r}))\n", encoding="ascii")


def held_back() -> tuple[str, ...]:
    """The command that blocks signals until our handler is installed; empty where `env` cannot block them."""
    command = (shutil.which("env") or "env", "--block-signal=INT,TERM")
    able = subprocess.run([*command, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    return command if able else ()


def write_launcher(path: Path) -> None:
    """Writes the `adloom` command in place of the installer's: isolated from the caller's settings for Python, and with
    quoted paths, because a path may contain shell characters."""
    command = (*held_back(), str(VENV / "bin/python"), "-I", "-S", str(ROOT / "services/cli/entry.py"))
    path.unlink(missing_ok=True)
    path.write_bytes(b"#!/bin/sh\nexec " + os.fsencode(shlex.join(command)) + b' "$@"\n')
    path.chmod(0o755)


def unfit(root: Path) -> str:
    """One sentence saying why a checkout cannot be in this folder, or nothing.

    >>> unfit(Path("/srv/Größe, 50 % 'neu'")), unfit(Path("/srv/a:b"))[:50]
    ('', "The checkout lies in '/srv/a:b': a path without co")
    """
    refused = [letter for letter in str(root) if letter == ":" or not letter.isprintable()]
    if not refused and len(os.fsencode(root)) <= LONGEST_ROOT:
        return ""
    wanted = f"a path without colons, control characters and bytes that are no text, of at most {LONGEST_ROOT} bytes"
    return f"The checkout lies in {str(root)!r}: {wanted}, is needed (a virtual environment works in no other)."


def fetch_parts() -> None:
    """Kafka's jars and Triton's folder: done by the installed project, which may use its libraries."""
    execute(str(VENV / "bin/python"), "-m", "services.tools.stack.parts")


def torch_build() -> str:
    """The build that ADLOOM_TORCH names, else the one chosen last: a later make without it must not undo the choice.

    Raises `SetupError` for an unknown build.
    """
    chosen = os.environ.get("ADLOOM_TORCH") or (TORCH.read_text() if TORCH.exists() else BUILDS[0])
    if chosen not in BUILDS:
        raise SetupError(f"ADLOOM_TORCH: {chosen!r} where {' or '.join(BUILDS)} was expected.")
    return chosen


def fingerprint(*paths: Path) -> str:
    """A hash that changes with the checkout's path, the chosen torch build or one of these files.

    The interpreter is left out: another Python 3.11 on PATH is no reason to tear down an environment that is in use.
    """
    build = torch_build()
    checkout = f"{ROOT}{'' if build == BUILDS[0] else build}".encode()  # stamps of the default build name none
    return hashlib.sha256(b"".join([checkout, *(p.read_bytes() for p in paths)])).hexdigest()[:16]


SetupStep = tuple[str, Callable[[], None], str]
"""Name, action, fingerprint of what it depends on."""


def steps() -> list[SetupStep]:
    """What setting up means, in order."""
    kafka = [
        *sorted((ROOT / "services/tools/stack/kafka").glob("*.toml")),
        ROOT / "services/tools/stack/kafka/archive.py",
    ]
    checkout, lock = fingerprint(), fingerprint(LOCK)
    return [
        ("virtual environment", make_venv, checkout),
        ("installer", install_installer, lock),
        ("locked dependencies (about 6 GB with the CUDA build of torch)", install_locked, lock),
        (
            "adloom itself",
            install_project,
            fingerprint(ROOT / "pyproject.toml", ROOT / "services/tools/stack/bootstrap.py"),
        ),
        ("Kafka's jars and Triton's folder", fetch_parts, fingerprint(LOCK, *kafka)),
    ]


def run_steps(plan: list[SetupStep], stamps: Path) -> None:
    """Run the steps that are not done; after one has run, all later ones run again."""
    stamps.mkdir(parents=True, exist_ok=True)
    rerun = False
    for number, (name, action, depends_on) in enumerate(plan, start=1):
        stamp = stamps / f"setup-{number}"
        if not rerun and stamp.exists() and stamp.read_text() == depends_on:
            continue
        rerun = True
        stamp.unlink(missing_ok=True)
        report(f"[{number}/{len(plan)}] {name} ...")
        began = time.monotonic()
        action()
        stamp.write_text(depends_on)
        report(f"[{number}/{len(plan)}] {name}: done in {time.monotonic() - began:.0f} s")


def main() -> int:
    """Set up this checkout; 0 when everything is there."""
    missing = missing_parts()
    if missing:
        report(f"adloom: {missing}")
        return 1
    STATE.mkdir(exist_ok=True)
    with (STATE / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two setups of one checkout take turns
        try:
            if not (VENV / "bin/python").exists():  # it was removed: every step must run again
                shutil.rmtree(STAMPS, ignore_errors=True)
            plan = steps()
            TORCH.write_text(torch_build())
            run_steps(plan, STAMPS)
        except SetupError as error:
            report(f"adloom: {error}")
            return 1
    return 0


def run() -> int:
    """`main`, and one sentence for Ctrl-C."""
    try:
        return main()
    except KeyboardInterrupt:
        report("adloom: interrupted; make setup goes on with the step that was under way.")
        return 130


if __name__ == "__main__":
    sys.exit(run())
