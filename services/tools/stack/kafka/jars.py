"""Kafka's jars: resolved by jgo, each verified against its checked-in SHA-256, copied into one folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from services.common.errors import Misconfigured
from services.tools.stack.state_dir import PARTS, ROOT

DECLARED = ROOT / "services/tools/stack/kafka"
JARS = PARTS / "kafka"


def locked_sums(lock: str) -> dict[str, str]:
    """File name -> SHA-256 of every jar in a `jgo.lock.toml`.

    >>> locked_sums('[[dependencies]]\\nartifactId="a"\\nversion="1"\\nsha256="00"')
    {'a-1.jar': '00'}
    """
    return {f"{d['artifactId']}-{d['version']}.jar": d["sha256"] for d in tomllib.loads(lock)["dependencies"]}


def differences(folder: Path, sums: dict[str, str]) -> list[str]:
    """The jars of a folder that do not match the sums: missing, changed or unknown ones."""
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*.jar")}
    return sorted(name for name in found.keys() | sums.keys() if found.get(name) != sums.get(name))


def resolve(work: Path) -> list[Path]:
    """Let jgo fetch the declared artifacts into `work`; its caches stay in there."""
    work.mkdir(parents=True, exist_ok=True)
    shutil.copy(DECLARED / "jgo.toml", work)
    command = [sys.executable, "-m", "jgo", "--ignore-config", "--resolver", "python", "--class-path-only", "sync"]
    caches = {"JGO_CACHE_DIR": str(work / "cache"), "M2_REPO": str(work / "m2")}
    done = subprocess.run(command, cwd=work, env={**os.environ, **caches}, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Misconfigured(f"Kafka's jars could not be fetched (is a Maven repository reachable?): {''.join(last)}")
    return sorted((work / "cache").glob("*/*.jar"))


def install() -> None:
    """Make `JARS` match the lock; does nothing where it already does."""
    sums = locked_sums((DECLARED / "jgo.lock.toml").read_text())
    if not differences(JARS, sums):
        return
    fresh = JARS.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for jar in resolve(PARTS / "kafka-work"):
        shutil.copy(jar, fresh)
    wrong = differences(fresh, sums)
    if wrong:
        raise Misconfigured(f"Kafka's jars are not those of jgo.lock.toml: {', '.join(wrong)}")
    shutil.rmtree(JARS, ignore_errors=True)
    fresh.rename(JARS)
    shutil.rmtree(PARTS / "kafka-work")
