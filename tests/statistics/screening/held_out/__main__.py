"""What the screen misses and alarms of on banners that no threshold was set on (services/screening/SCREEN.md).

    python -m tests.statistics.screening.held_out --fonts DIR [--photos DIR] [--seed 20261129] [--each 20] [--out DIR]

DIR of fonts: `pip install --no-deps --target DIR fontpkg-lora fontpkg-bitter fontpkg-raleway fontpkg-source-sans-3
fontpkg-inter fontpkg-lobster-two fontpkg-ibm-plex-sans-condensed pylopdf-fonts-zh-cn`. DIR of photos: JPEGs named by
what they show, dress-001.jpg. Half of the banners are drawn by Chromium. `--out` takes the files and what was said of
each.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.screening.judges import Installed
from services.screening.policy import policy
from tests.statistics.screening.held_out.cases import Case, Plan, cases_of
from tests.statistics.screening.held_out.design import means_in
from tests.statistics.screening.held_out.measured import Judged, judged, table_of


def main() -> None:
    """Prints the hash of all files, then the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--each", type=int, default=20, help="banners of each fault")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--draw-only", action="store_true", help="write the files, ask no screen")
    parser.add_argument("--groups", nargs="*", default=(), help='"good" and those in faults.py and damages.py; all')
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            asked.seed, asked.each, means_in(asked.fonts, asked.photos), chromium, Path(folder), frozenset(asked.groups)
        )
        cases = list(cases_of(plan))
    whole = hashlib.sha256(b"".join(hashlib.sha256(_content(case)).digest() for case in cases)).hexdigest()
    _say(f"{len(cases)} cases, seed {asked.seed}, SHA-256 of all {whole}")
    if asked.draw_only:
        list(_written(asked.out, (Judged(case, {}, {}) for case in cases)))
        return
    found = list(_written(asked.out, judged(cases, Installed(), policy())))
    for line in table_of(found):
        _say(line)


def _content(case: Case) -> bytes:
    return case.asset.content or case.asset.words.encode()


def _written(out: Path | None, found: Iterable[Judged]) -> Iterator[Judged]:
    """Each, its file and what was said of it written down."""
    for number, one in enumerate(found):
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            name = f"{one.case.fault or 'good'}-{number:04}"
            (out / f"{name}.bin").write_bytes(_content(one.case))
            said = {
                "name": name,
                "fault": one.case.fault,
                "maker": one.case.maker,
                "missed": one.is_missed,
                "why": one.why,
            }
            with (out / "said.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(said, ensure_ascii=False) + "\n")
        yield one


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
