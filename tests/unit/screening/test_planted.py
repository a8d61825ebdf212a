"""The planted banners that the screen is measured on."""

from __future__ import annotations

from services.tools.bench.planted import FAULTS, planted


def test_each_fault_is_planted_once_beside_a_good_banner() -> None:
    made = list(planted(1))
    assert [one.fault for one in made] == ["", *FAULTS]
    assert len({one.asset.content for one in made}) == len(made)
