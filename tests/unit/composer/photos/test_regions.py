"""Regions are numbered by size, and the ground is what the border reaches."""

from __future__ import annotations

import numpy as np

from services.composer.photos.regions import beyond, regions


def mask(*rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows])


def test_a_spiral_is_one_region() -> None:
    spiral = mask("#######", "......#", "#####.#", "#...#.#", "#.###.#", "#.....#", "#######")
    assert regions(spiral).max() == 1


def test_regions_are_numbered_by_size_and_diagonals_part_them() -> None:
    found = regions(mask("#..", ".##", ".##"))
    assert found.tolist() == [[2, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert regions(mask("##")).tolist() == [[1, 1]]
    assert regions(mask("..")).tolist() == [[0, 0]]


def test_what_the_border_does_not_reach_is_not_beyond() -> None:
    found = beyond(mask("#....", ".....", "..#..", "....."))
    assert found.sum() == 1
    assert found[0, 0]
