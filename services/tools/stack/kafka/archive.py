"""A class-data sharing (CDS) archive of Kafka's classes: a broker that uses it starts in half the time.

Setup makes it from the classes that a starting broker loads. Java itself checks that an archive belongs to its version
and to these jars. Where it does not, or where there is none, Java reads the jars.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from services.common.errors import Unavailable
from services.tools.stack.kafka.java import ARCHIVE, LISTING, java_command
from services.tools.stack.session import tied_stack
from services.tools.stack.state_dir import StateDir
from services.tools.stack.surroundings import own

_WITHIN_S = 120.0


def is_taken() -> bool:
    """Whether Java accepts the archive for these jars."""
    return ARCHIVE.exists() and _ran(java_command("-Xshare:on", "-version")).returncode == 0


def install() -> None:
    """Makes the archive, unless Java accepts the present one; raises `AdloomError` where a broker cannot be started."""
    if os.environ.get("ADLOOM_JAVA") or is_taken():
        return
    ARCHIVE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="archive-", dir=ARCHIVE.parent) as folder:
        classes, fresh = Path(folder) / "classes", ARCHIVE.with_suffix(".new")
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ADLOOM_")}
        with tied_stack(StateDir(Path(folder) / "home").make(), {**plain, LISTING: str(classes)}, only=("topics",)):
            pass
        options = ("-Xshare:dump", f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={fresh}")
        done = _ran(java_command(*options))
        if done.returncode:
            raise Unavailable("java", f"no archive of Kafka's classes was made: {done.stdout.strip()[-300:]}")
        fresh.replace(ARCHIVE)


def _ran(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Runs the command; returns its exit status and output."""
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_WITHIN_S,
        check=False,
        env=own(os.environ),
    )
