"""The damages of files that the screen is measured on."""

from __future__ import annotations

import random

import pytest

from tests.statistics.screening.held_out.damages import DAMAGED, served
from tests.unit.screening.ads import banner


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damage_changes_the_file_and_a_seed_gives_it_again(name: str) -> None:
    spoil = DAMAGED[name].spoil
    assert spoil(banner(), random.Random(1)) == spoil(banner(), random.Random(1)) != served(banner(), random.Random(1))
