"""Does the loop earn more with ads of many looks than with the same ads in the three styles of the first version?

    python -m tests.statistics.training.looks.in_the_loop [--worlds 8] [--ads 12] [--styled N]
        [--tastes none linear ratio] [--sizes first]

A shop of twenty products, two of each class of the demo, with so many ads of each; both libraries have the same ads
(ids, products, words, appeals) in other looks, unless there are `--styled` others in the three styles: a product of the
first version had one ad in each. In each world (other shoppers, tastes and appeals) 300 shoppers come for four weeks
(`loop.py`). `linear` and `ratio` keep what the ads were made of that a shopper clicked (`tastes.py`, `affinities.py`),
with weights learnt in worlds of their own. Gains are in per cent, with 95 % intervals over worlds.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import fmean
from typing import Final

import numpy as np
import torch

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue, Product, demo_catalogue
from services.simulator.shoppers import Truth
from tests.statistics.training.looks.affinities import Affinities, weights_learnt
from tests.statistics.training.looks.libraries import FIRST_SIZES, SIZES, crossed_with_three, studio_ads
from tests.statistics.training.looks.loop import Front, Log, Loop, NoTastes, Tastes
from tests.statistics.training.looks.tastes import LinearTastes, Seen, Words, learnt
from tests.statistics.training.looks.worlds_compared import T, in_words, say

MANY, THREE = "many looks", "three styles"
NONE, LINEAR, RATIO = "none", "linear", "ratio"
FIRST: Final = 101
LEARNT_IN: Final = range(1, 7)
"""Worlds whose shoppers' clicks teach the weights of tastes; none of them is measured."""

_OF_A_CLASS: Final = 2
_SIZES: Final = {"first": FIRST_SIZES, "today": SIZES}
_SHOPPERS: Final = 300


@dataclass(frozen=True, slots=True)
class Played:
    """What a loop earned in a world, by impression, and what one who knows all would have."""

    earned: float
    best: float


def main() -> None:
    """Prints a line for each world, then a line for each comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=8, choices=sorted(T))
    parser.add_argument("--ads", type=int, default=12, help="of each product")
    parser.add_argument("--styled", type=int, default=0, help="ads of each product in the three styles; 0: as many")
    parser.add_argument("--shoppers", type=int, default=_SHOPPERS, help="in each world")
    parser.add_argument("--sizes", choices=_SIZES, default="first", help="of the products in the three styles")
    parser.add_argument("--tastes", nargs="+", choices=(NONE, LINEAR, RATIO), default=[NONE])
    asked = parser.parse_args()
    torch.set_num_threads(1)
    fronts, words = fronts_of(small_shop(demo_catalogue()), asked.ads, asked.styled or asked.ads, _SIZES[asked.sizes])
    known = {
        (name, how): tastes
        for name, front in fronts.items()
        for how, tastes in tastes_of(front, words, asked.tastes).items()
    }
    found: list[dict[tuple[str, str], Played]] = []
    for world in range(FIRST, FIRST + asked.worlds):
        found.append({key: played(world, fronts[key[0]], known[key], asked.shoppers) for key in known})
        say(f"{world} " + ", ".join(f"{' / '.join(key)} {each.earned:.5f}" for key, each in found[-1].items()))
    for line in compared(found, asked.tastes):
        say(line)


def compared(found: Sequence[Mapping[tuple[str, str], Played]], tastes: Sequence[str]) -> list[str]:
    """The gains in words: many looks over three by what is kept of tastes on either side, and tastes over none."""
    pairs = [((MANY, new), (THREE, old)) for new, old in product(tastes, tastes)]
    pairs += [((name, how), (name, NONE)) for name in (MANY, THREE) for how in tastes if how != NONE and NONE in tastes]
    lines = []
    for over, under in pairs:
        ratios = [world[over].earned / world[under].earned for world in found]
        lines.append(f"{over[0]}, tastes {over[1]:7} over {under[0]}, tastes {under[1]:7} {in_words(ratios)}")
    for name in (MANY, THREE):
        ratios = [world[name, tastes[0]].earned / world[name, tastes[0]].best for world in found]
        lines.append(f"{name}, tastes {tastes[0]}: of what one who knows all would earn {100 * fmean(ratios):.1f} %")
    return lines


def small_shop(catalogue: Catalogue) -> Catalogue:
    """The first products of each class."""
    classes: dict[str, list[Product]] = {}
    for each in catalogue.products:
        classes.setdefault(each.category, []).append(each)
    return Catalogue.of([each for of_class in classes.values() for each in of_class[:_OF_A_CLASS]])


def fronts_of(catalogue: Catalogue, ads: int, styled: int, sizes: Mapping[str, str]) -> tuple[dict[str, Front], Words]:
    """Both libraries of a shop, with the values of their elements."""
    three = crossed_with_three(studio_ads(catalogue, styled), sizes)
    libraries: dict[str, Sequence[Creative]] = {MANY: studio_ads(catalogue, ads), THREE: three}
    words = Words([creative.elements for library in libraries.values() for creative in library])
    return {name: Front.of(catalogue, library, words) for name, library in libraries.items()}, words


def tastes_of(front: Front, words: Words, ways: Sequence[str]) -> dict[str, Tastes]:
    """The ways to learn tastes that are called so, their weights learnt from the loop as it is."""
    none = NoTastes(len(front.creatives))
    found: dict[str, Tastes] = {NONE: none} if NONE in ways else {}
    if set(ways) <= {NONE}:
        return found
    seen = pooled([loop_in(world, front, none, _SHOPPERS).log for world in LEARNT_IN], front)
    if LINEAR in ways:
        found[LINEAR] = LinearTastes(front.looks @ learnt(seen, 1))
    if RATIO in ways:
        found[RATIO] = Affinities(front.looks, weights_learnt(seen, words))
    return found


def pooled(logs: Sequence[Log], front: Front) -> Seen:
    """The impressions of several worlds; shoppers of two worlds are two shoppers."""
    parts = [log.seen(front.looks) for log in logs]
    far = 1 + max(int(part.shopper.max()) for part in parts)
    return Seen(
        np.concatenate([part.looks for part in parts]),
        np.concatenate([part.expected for part in parts]),
        np.concatenate([part.clicked for part in parts]),
        np.concatenate([part.shopper + far * number for number, part in enumerate(parts)]),
    )


def played(world: int, front: Front, tastes: Tastes, shoppers: int) -> Played:
    """What the loop earns in a world."""
    log = loop_in(world, front, tastes, shoppers).log
    return Played(fmean(log.earned), fmean(log.best))


def loop_in(world: int, front: Front, tastes: Tastes, shoppers: int) -> Loop:
    """A loop after so many shoppers of a world."""
    loop = Loop(Truth(world), front, tastes)
    for number in range(shoppers):
        loop.play(number)
    return loop


if __name__ == "__main__":
    main()
