"""How the studio runs, from `ADLOOM_*`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from services.assets.demo import CREATIVES_EACH
from services.common import settings
from services.common.errors import Misconfigured
from services.composer.formats import DRAWN, is_drawn
from services.models.manifest import REPOSITORY
from services.studio.approval import WHO, Approval
from services.studio.budget import Budget

_ONE: Final = re.compile(r"(\d+x\d+)(?::(\d{1,2}))?", re.ASCII)
_EACH: Final = 2
"""Ads of a product in a format that names no number."""
_MOST: Final = 12
_MOST_WORKERS: Final = 2  # that are started unasked: with the models of the screen each takes some 600 MB


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """How the studio runs."""

    kafka: str = "127.0.0.1:9092"
    triton: str = "127.0.0.1:8001"  # for the text encoder; while it is away, ads have no vectors of their texts yet
    models_dir: Path = REPOSITORY  # what Triton serves
    assets_dir: str = ".adloom/data/assets"  # a folder, or the URL of an object store
    formats: str = ",".join(f"{name}:{count}" for name, count in CREATIVES_EACH.items())  # format:ads of a product
    asked_formats: settings.Count = 3  # others, of which ads are made because placements ask for them, at most; 0: none
    approve: str = "policy"  # who: "studio" itself at once, a "person" always, or one where the "policy" says so
    four_eyes: bool = False  # whether two persons approve what is served: then a person approves everything
    review_sample: Annotated[float, settings.Within(0, 1)] = 0.05  # what a person sees of templates that are not new
    brand: str = ""  # a file with the brand kit; empty: templates choose colours and type
    templates: str = ""  # a folder with the shop's own templates, beside ours: services/composer/templates/TEMPLATES.md
    screen: str = ""  # a file with the shop's thresholds of the screen; empty: services/screening/policy.toml
    time_zone: str = "UTC"  # of the shop, for the last day of a sale
    studio_workers: Annotated[int, settings.Within(0, 64)] = 0  # processes that make ads; 0: one a core, at most two
    studio_index: settings.Count = 0  # this process's share of the partitions of `ad.products`, from 0 ..
    studio_shares: settings.AtLeastOne = 1  # .. of so many equal ones
    studio_budget: settings.Count = 0  # ads of the library that are not retired, at most; 0: no bound
    studio_budget_each: settings.Count = 0  # ads of one product, at most; 0: no bound
    studio_budget_s: settings.Count = 0  # processor time in each hour, of all shares together; 0: no bound
    photos: bool = True  # whether photos are got from the URLs that products link to
    photos_private: bool = False  # also from private addresses; a feed may be written by others
    photos_per_s: Annotated[float, settings.Within(0.01, 1000)] = 10.0  # of one host, at most
    photos_wait_s: settings.NotNegative = 60.0  # how long a product's first ads wait for its photo
    photos_again_s: settings.NotNegative = 86_400.0  # after so long a host is asked whether it has changed; 0: never
    health_port: settings.Port = 0
    health_host: str = "127.0.0.1"


def counts_of(text: str) -> Mapping[str, int]:
    """How many ads a product gets, by format; raises `Misconfigured` for a format in which none are drawn.

    >>> counts_of("300x250:4, 320x50")
    {'300x250': 4, '320x50': 2}
    """
    counts: dict[str, int] = {}
    for part in text.split(","):
        match = _ONE.fullmatch(part.strip())
        if match is None or not is_drawn(match[1]) or not 0 < int(match[2] or _EACH) <= _MOST:
            expected = f'formats and numbers up to {_MOST} like "300x250:4,320x50:2", each {DRAWN},'
            raise Misconfigured(f"ADLOOM_FORMATS: {part.strip()!r} where {expected} were expected")
        counts[match[1]] = int(match[2] or _EACH)
    return counts


def workers_of(said: int) -> int:
    """How many processes make ads."""
    return said or min(len(os.sched_getaffinity(0)), _MOST_WORKERS)


def budget_of(said: StudioSettings) -> Budget:
    """What may be made by this process; its part of the hour is that of the products.

    >>> budget_of(StudioSettings(studio_budget=900, studio_budget_s=100, studio_shares=3))
    Budget(ads=900, each=0, hour_s=34)
    """
    hour_s = -(-said.studio_budget_s // said.studio_shares)  # rounded up: 0 would be no bound
    return Budget(said.studio_budget, said.studio_budget_each, hour_s)


def approval_of(said: str, sample: float) -> Approval:
    """Who approves; raises `Misconfigured` for anybody else."""
    for who in WHO:
        if said == who:
            return Approval(who, sample)
    raise Misconfigured(f"ADLOOM_APPROVE: {said!r} where one of {', '.join(WHO)} was expected")
