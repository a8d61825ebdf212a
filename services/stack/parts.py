"""Lay Kafka's jars, their archive and Triton's folder under `.adloom/parts`, checked: the last step of setup."""

from __future__ import annotations

import sys

from services.common.errors import AdloomError
from services.stack import jars, kafka_archive, triton_folder


def main() -> int:
    """Install what is missing; 0 when all is there."""
    try:
        jars.install()
        triton_folder.install()
    except AdloomError as error:
        sys.stderr.write(f"adloom: {error}\n")
        return 1
    try:
        kafka_archive.install()
    except AdloomError as error:  # it only makes Kafka's starts shorter
        sys.stderr.write(f"adloom: Kafka will start as slowly as it does by itself: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
