"""Lay Kafka's jars and Triton's folder under `.adloom/parts`, checked: the last step of `make setup`."""

from __future__ import annotations

import sys

from services.common.errors import AdloomError
from services.stack import jars, triton_folder


def main() -> int:
    """Install what is missing; 0 when all is there."""
    try:
        jars.install()
        triton_folder.install()
    except AdloomError as error:
        sys.stderr.write(f"adloom: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
