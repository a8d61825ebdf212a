"""Through the whole service, creatives are drawn as often as the logged vectors say (law 2), on every rung.

Family-wise error 1e-4 over the tests of this file, fixed request ids, secrets and users.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.creative.ad_request import Caller
from tests.unit.creative.house import Assets, House, page, with_demo

ALPHA = 1e-4 / 4
ROUNDS = 1500


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return with_demo(tmp_path_factory.mktemp("assets"))


async def served(house: House, name: str, slots: int) -> list[Impression]:
    """The records of many requests for two products by as many users."""
    assembly = house.assembly()
    assembly.start()
    places = [pb.Placement(placement_id="top", format="300x250", count=slots)]
    products = ["boot-chelsea", "tee-surf"]
    for number in range(ROUNDS):
        request = page(request_id=f"{name}-{number}", user_id=f"u{number}", placements=places, product_ids=products)
        await assembly.servicer.select_creatives(request, Caller(60.0), str)
    assembly.stop(20.0)
    return house.records()


def p_value(records: list[Impression]) -> float:
    """Chi-square of drawn counts against the sums of logged vectors."""
    expected: Counter[str] = Counter()
    observed: Counter[str] = Counter()
    for record in records:
        expected.update(dict(zip(record.candidates, record.probabilities, strict=True)))
        observed[record.creative_id] += 1
    names = sorted(expected)
    return float(stats.chisquare([observed[n] for n in names], [expected[n] for n in names]).pvalue)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.asyncio
async def test_served_creatives_are_as_frequent_as_logged(assets: Assets, tmp_path: Path, down: bool) -> None:
    house = House(assets, tmp_path)
    house.models.down = down
    records = await served(house, f"one-{down}", slots=1)
    assert len(records) == ROUNDS
    rungs = Counter(record.rung for record in records)  # a machine that stands still for a moment takes the next one
    assert rungs.most_common(1)[0][0] == (3 if down else 1)
    for policy in ("uniform", "thompson"):
        assert p_value([record for record in records if record.policy_id == policy]) > ALPHA


@pytest.mark.asyncio
async def test_second_slots_are_as_frequent_as_their_conditional_vectors_say(assets: Assets, tmp_path: Path) -> None:
    records = await served(House(assets, tmp_path), "two", slots=2)
    second = [record for record in records if record.slot == 1]
    assert len(second) == ROUNDS
    assert p_value(second) > ALPHA


def variance_of_uniforms_weight(record: Impression) -> float:
    """Of (1 / C) / p over the record's own vector. The sample's would not do: a rare draw weighs twenty, and a sample
    that has few of them has both a low mean and a small spread."""
    vector = np.array(record.probabilities)
    return float(np.sum(1 / (len(vector) ** 2 * vector)) - 1)


@pytest.mark.asyncio
async def test_importance_weights_are_one_on_average_for_both_policies(assets: Assets, tmp_path: Path) -> None:
    """Mean of target / propensity is 1 for every judged policy, within a normal interval."""
    everything = await served(House(assets, tmp_path), "weights", slots=1)
    records = [record for record in everything if record.policy_id != "house"]  # nothing was drawn there
    for policy in ("uniform", "thompson"):
        weights = np.array([record.target_propensities[policy] / record.propensity for record in records])
        known = sum(variance_of_uniforms_weight(record) for record in records) / len(records)
        spread = known**0.5 if policy == "uniform" else weights.std()  # thompson's weights stay below four
        assert abs(weights.mean() - 1) / (spread / len(weights) ** 0.5) < stats.norm.ppf(1 - ALPHA / 4)
