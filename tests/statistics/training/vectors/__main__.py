"""Do vectors of an encoder, or of pictures, make the click model better than the words' vectors of today?

    python -m tests.statistics.training.vectors --data FOLDER [headlines] [purchases] [simulated] [--shop NAME]

prints a line for each question, measure and kind of vectors: figure with words, figure with these vectors, gain with
its 95 % interval; `*` marks a gain whose interval excludes zero. `FOLDER` holds `upworthy.parquet`,
`online_retail.parquet`, `reviews_en.parquet` and `clothing_128px.parquet`. What was found: services/training/LOG.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch

from tests.statistics.training.vectors import headlines, purchases, simulated
from tests.statistics.training.vectors.paired import Line
from tests.statistics.training.vectors.shops import shops


def main() -> None:
    """Prints the table, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shop", action="append", help="one of the simulated ones, each beside the demo's; else all")
    parser.add_argument("what", nargs="*", default=["headlines", "purchases", "simulated"])
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if "headlines" in asked.what:
        show(headlines.compared(asked.data))
    if "purchases" in asked.what:
        show(purchases.compared(asked.data))
    if "simulated" in asked.what:
        show(simulated_lines(asked.data, asked.shop))


def simulated_lines(data: Path, only: list[str] | None) -> Iterator[Line]:
    """The demo, and the other shops with the demo's models as well."""
    carried: simulated.Models = {}
    for name, make in shops(data).items():
        if only and name not in ("demo", *only):
            continue
        seen = make()
        logs = simulated.played(seen)
        yield from simulated.compared(seen, logs)
        if carried:
            yield from simulated.carried(seen, logs, carried)
        else:
            carried = simulated.shipped_like(logs)


def show(lines: Iterable[Line]) -> None:
    """Prints."""
    for line in lines:
        print(line, flush=True)  # noqa: T201 - the table is what was asked for


if __name__ == "__main__":
    main()
