"""Tests whether creatives were drawn as logged: family-wise level 1e-4 by Bonferroni, each of m tests at 1e-4 / m."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.tools.drills.drill import Promise
from services.tools.drills.propensity_check.draw_sums import Sums
from services.tools.drills.propensity_check.drawn import PlayResult

LEVEL: Final = 1e-4

Played = Mapping[str, Mapping[str, PlayResult]]
"""Results by policy and case."""


def p_values(played: Played) -> list[tuple[float, str]]:
    """The p value and name of every test: each case and slot, and all cases of a slot together."""
    found = []
    for policy, by_case in played.items():
        together: dict[int, Sums] = {}
        for case, seen in by_case.items():
            for slot, sums in enumerate(seen.by_slot):
                together[slot] = together.get(slot, Sums()) + sums
                found += [(p, f"{policy}, {case}, slot {slot}: {test}") for test, p in sums.p_values().items()]
        for slot, sums in together.items():
            found += [(p, f"{policy}, all, slot {slot}: {test}") for test, p in sums.p_values().items()]
    return found


def frequencies(text: str, played: Played, tests: int) -> Promise:
    """Creatives come as often as logged; `tests` is how many tests there are in the whole family."""
    limit = LEVEL / tests
    own = p_values(played)
    smallest, where = min(own)
    decisions = sum(seen.decisions for by_case in played.values() for seen in by_case.values())
    below = sum(p < 0.01 for p, _ in own)
    happened = (
        f"{decisions:,} decisions, {len(own)} tests: smallest p {smallest:.1e} ({where}), allowed from "
        f"{limit:.1e} = {LEVEL:g} / {tests}; {below} below .01 where {0.01 * len(own):.0f} are expected"
    )
    return Promise(text, happened, smallest >= limit)


def soundness(everything: Sequence[Mapping[str, PlayResult]]) -> Promise:
    """Every logged vector is a valid distribution, and no slate has a creative twice."""
    seen = [one for by_case in everything for one in by_case.values()]
    decisions = sum(one.decisions for one in seen)
    faulty, repeated = sum(one.faulty for one in seen), sum(one.repeated for one in seen)
    return Promise(
        "vectors sum to 1 within 1e-12, keep their floor, hold the logged propensity; no slate has a creative twice",
        f"{decisions:,} vectors, {faulty} faulty; {repeated} slates with a creative twice",
        not faulty and not repeated,
    )


def caught(wrong: Mapping[str, float], tests: int) -> Promise:
    """Each wrong policy is detected by its smallest p value, at the level of the family."""
    limit = LEVEL / tests
    happened = ", ".join(f"{name}: p {p:.1e}" for name, p in wrong.items())
    return Promise(
        f"each wrong policy is caught, p below {limit:.1e}", happened, all(p < limit for p in wrong.values())
    )
