"""Does the loop earn more with ads of many looks than with the three that the first version drew?

    python -m tests.statistics.training.looks [--worlds 8] [--impressions 60000] [--first 101]

plays the demo shop in several worlds (other shoppers, tastes and appeals in each), and prints what was earned in each
and the gain in per cent with its 95 % interval over worlds (t). What was found: services/training/LOG.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

import torch

from services.catalogue.catalogue import demo_catalogue
from tests.statistics.training.looks.worlds import BLIND, KNOWING, KNOWING_BUT_LOOKS, LOOP, UNIFORM, Size, earned
from tests.statistics.training.looks.worlds_compared import T, in_words, say

Earned = Mapping[tuple[str, str], float]
GAINS: Mapping[str, Callable[[Earned], float]] = {
    "loop: many looks over three": lambda w: w["many looks", LOOP] / w["three looks", LOOP],
    "loop that sees many looks over loop blind to three": lambda w: w["many looks", LOOP] / w["three looks", BLIND],
    "uniform: many looks over three": lambda w: w["many looks", UNIFORM] / w["three looks", UNIFORM],
    "loop with many looks: model sees looks over blind": lambda w: w["many looks", LOOP] / w["many looks", BLIND],
    "loop with three looks: model sees looks over blind": lambda w: w["three looks", LOOP] / w["three looks", BLIND],
    "who knows all: many looks over three": lambda w: w["many looks", KNOWING] / w["three looks", KNOWING],
    "many looks: who knows all over all but tastes": lambda w: (
        w["many looks", KNOWING] / w["many looks", KNOWING_BUT_LOOKS]
    ),
    "loop with many looks over uniform": lambda w: w["many looks", LOOP] / w["many looks", UNIFORM],
    "loop with three looks over uniform": lambda w: w["three looks", LOOP] / w["three looks", UNIFORM],
}


def main() -> None:
    """Prints a line for each world, then a line for each comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=8, choices=sorted(T))
    parser.add_argument("--impressions", type=int, default=Size().impressions, help="of the log of each library")
    parser.add_argument("--first", type=int, default=101, help="seed of the first world")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found: list[Earned] = []
    for world in range(asked.first, asked.first + asked.worlds):
        found.append(earned(world, demo_catalogue(), Size(asked.impressions, max(asked.impressions // 60, 1))))
        say(f"{world} " + ", ".join(f"{' / '.join(key)} {rate:.5f}" for key, rate in found[-1].items()))
    for name, ratio in GAINS.items():
        say(f"{name:52} {in_words([ratio(each) for each in found])}")


if __name__ == "__main__":
    main()
