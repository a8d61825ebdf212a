"""An archive of Kafka's classes as Java wants them in memory: a broker that reads it starts in half the time.

It is made at setup from what a broker loads on its way up. Java looks itself whether an archive is of its own version
and of these jars, and where it is not, or where there is none, reads the jars as ever.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from services.common.errors import Unavailable
from services.stack.home import Home
from services.stack.kafka_java import ARCHIVE, LISTING, java_command
from services.stack.session import tied_stack
from services.stack.surroundings import own

_WITHIN_S = 120.0


def is_taken() -> bool:
    """Whether Java finds the archive to be of these jars."""
    return ARCHIVE.exists() and _ran(java_command("-Xshare:on", "-version")).returncode == 0


def install() -> None:
    """Makes the archive anew, unless it is taken as it is; raises `AdloomError` where a broker cannot be started."""
    if os.environ.get("ADLOOM_JAVA") or is_taken():
        return
    ARCHIVE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="archive-", dir=ARCHIVE.parent) as folder:
        classes, fresh = Path(folder) / "classes", ARCHIVE.with_suffix(".new")
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ADLOOM_")}
        with tied_stack(Home(Path(folder) / "home").make(), {**plain, LISTING: str(classes)}, only=("topics",)):
            pass
        told = ("-Xshare:dump", f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={fresh}")
        done = _ran(java_command(*told))
        if done.returncode:
            raise Unavailable("java", f"no archive of Kafka's classes was made: {done.stdout.strip()[-300:]}")
        fresh.replace(ARCHIVE)


def _ran(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Its exit status and its words."""
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_WITHIN_S,
        check=False,
        env=own(os.environ),
    )
