"""Installs and verifies Kafka's jars, their archive and Triton's folder in `.adloom/parts`: the last step of setup."""

from __future__ import annotations

import sys

from services.common.errors import AdloomError
from services.tools.stack.kafka import archive as kafka_archive
from services.tools.stack.kafka import jars
from services.tools.stack.triton import backend_folder as triton_folder


def report(part: str) -> None:
    """Print what is installed next: a minute without output looks like a hang."""
    sys.stdout.write(f"      {part}\n")
    sys.stdout.flush()


def main() -> int:
    """Install what is missing; 0 when all is there."""
    try:
        report("Kafka's jars")
        jars.install()
        report("Triton's folder")
        triton_folder.install()
    except AdloomError as error:
        sys.stderr.write(f"adloom: {error}\n")
        return 1
    try:
        report("an archive of Kafka's classes, from a broker that is started once")
        kafka_archive.install()
    except AdloomError as error:  # it only makes Kafka's starts shorter
        sys.stderr.write(f"adloom: Kafka will start as slowly as it does by itself: {error}\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # setup, which was interrupted too, says so
