"""How much more can ads of many looks earn than ads of three, for one who knows the shoppers?

    python -m tests.statistics.training.looks.room [--worlds 16] [--moments 800] [--first 101]

Nothing is learnt here: an upper bound by the number of ads of a product. All libraries hold the same ads (ids, words,
appeals) in other looks. `three styles` are those of the first version, whose pictures were of one size; `three
templates` those that they have become, of which one shows its product small; `3 ads` have fewer texts and appeals too.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue, demo_catalogue
from services.simulator.shoppers import Exposures, Offers, Scene, Truth
from services.simulator.shoppers.columns_of_creatives import offers_of
from services.simulator.shoppers.shopper import Shopper
from services.simulator.shoppers.tastes import SUITS, liking
from tests.statistics.training.looks.libraries import SIZES, crossed_with_three, studio_ads, unlike
from tests.statistics.training.looks.worlds_compared import T, in_words, say
from tests.statistics.training.other_shops import FIRST_SHOPPER, moment

Floats = NDArray[np.float64]
EACH: Final = (4, 8, 12, 16)
MANY, THREE, TODAY, ONCE = "many looks", "three styles", "three templates", "three styles, none twice"
ANY = "any look at will"
ALL, NO_APPEALS, NO_TASTES, NOTHING = "all", "all but appeals", "all but tastes", "nothing"
_MOST: Final = 0.9  # of any click rate of the truth
Found = dict[tuple[str, int, str], float]
"""The mean click rate by library, ads of a product, and what is known by who chooses."""


@dataclass(frozen=True, slots=True)
class Library:
    """Some of the ads of a library."""

    name: str
    each: int
    rows: NDArray[np.intp]


def main() -> None:
    """Prints the gains, each with its interval over worlds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=16, choices=sorted(T))
    parser.add_argument("--moments", type=int, default=800)
    parser.add_argument("--first", type=int, default=101, help="seed of the first world")
    asked = parser.parse_args()
    catalogue = demo_catalogue()
    worlds = range(asked.first, asked.first + asked.worlds)
    found = [room(Truth(world), catalogue, asked.moments) for world in worlds]
    for known in (ALL, NO_APPEALS, NO_TASTES, NOTHING):
        for each in EACH:
            for against in ((THREE, each), (TODAY, each), (ONCE, each), (THREE, 3)):
                ratios = [world[MANY, each, known] / world[(*against, known)] for world in found]
                said = f"{MANY}, {each} ads over {against[0]}, {against[1]} ads"
                say(f"knows {known:16} {said:64} {in_words(ratios)}")
    for each in EACH:
        ratios = [world[ANY, each, ALL] / world[THREE, each, ALL] for world in found]
        say(f"knows all: {ANY}, {each} texts over {THREE}, {each} ads: {in_words(ratios)}")
        ratios = [world[MANY, each, ALL] / world[MANY, each, NO_TASTES] for world in found]
        say(f"{MANY}, {each} ads: knows all over all but tastes: {in_words(ratios)}")
        ratios = [world[THREE, each, ALL] / world[THREE, each, NO_TASTES] for world in found]
        say(f"{THREE}, {each} ads: knows all over all but tastes: {in_words(ratios)}")


def room(truth: Truth, catalogue: Catalogue, moments: int) -> Found:
    """What can be earned in one world."""
    many = studio_ads(catalogue, max(EACH))
    three = crossed_with_three(many)
    made = {MANY: many, THREE: three, TODAY: crossed_with_three(many, SIZES)}
    offers = {name: offers_of(ads, catalogue) for name, ads in made.items()}
    libraries = libraries_of(many, three)
    sums: Found = {}
    for number in range(FIRST_SHOPPER, FIRST_SHOPPER + moments):
        _, scene, _ = moment(truth, catalogue, number, 2)
        shopper = truth.shopper(number)
        values = {name: rates_of(truth, shopper, each, scene) for name, each in offers.items()}
        for library in libraries:
            clicks, liked, appeals = values[library.name if library.name in made else THREE]
            rows = library.rows
            for known, earned in earned_by(clicks[rows], liked[rows], appeals[rows]).items():
                key = (library.name, library.each, known)
                sums[key] = sums.get(key, 0.0) + earned / moments
            if library.name == THREE:
                best = float((clicks[rows] / liked[rows]).max()) * best_liking(shopper.taste, scene.when.hour)
                sums[ANY, library.each, ALL] = sums.get((ANY, library.each, ALL), 0.0) + min(best, _MOST) / moments
    return sums


def libraries_of(many: Sequence[Creative], three: Sequence[Creative]) -> list[Library]:
    """Each library with each number of ads, as rows of the whole."""
    place: list[int] = []
    for at, creative in enumerate(many):
        place.append(place[-1] + 1 if at and many[at - 1].product_id == creative.product_id else 0)
    places, once = np.array(place), np.zeros(len(many), dtype=np.bool_)
    once[unlike(three)] = True
    found = [Library(THREE, 3, np.nonzero(places < 3)[0])]
    for each in EACH:
        first = places < each
        found += [Library(name, each, np.nonzero(first)[0]) for name in (MANY, THREE, TODAY)]
        found.append(Library(ONCE, each, np.nonzero(first & once)[0]))
    return found


def rates_of(truth: Truth, shopper: Shopper, offers: Offers, scene: Scene) -> tuple[Floats, Floats, Floats]:
    """True click rates, factors of taste, and appeals of all ads, each (C,)."""
    unseen = Exposures(np.zeros(len(offers.creative_ids), dtype=np.int64))
    clicks = truth.click_probabilities(shopper, offers, scene, unseen)
    liked = liking(shopper.taste, offers.looks, scene.when.hour)
    return clicks, liked, truth.appeals(offers.creative_ids, scene.when)


def earned_by(clicks: Floats, liked: Floats, appeals: Floats) -> Mapping[str, float]:
    """The click rate of whom who chooses by what is known; among equals by chance."""
    return {
        ALL: float(clicks.max()),
        NO_APPEALS: _of_best(clicks, clicks / appeals),
        NO_TASTES: _of_best(clicks, clicks / liked),
        NOTHING: float(clicks.mean()),
    }


def best_liking(taste: str, hour: int) -> float:
    """The factor of a look that suits the taste at this hour, whatever that look is."""
    awake = taste != "owl" or hour >= 21 or hour < 4
    return SUITS if awake and taste != "indifferent" else 1.0


def _of_best(clicks: Floats, by: Floats) -> float:
    return float(clicks[by >= by.max() * (1 - 1e-9)].mean())


if __name__ == "__main__":
    main()
