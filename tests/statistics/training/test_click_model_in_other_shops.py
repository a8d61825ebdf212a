"""The checked-in click model in the shop that it was trained on, and in one of another kind, with the same shoppers.

Of the other shop it knows no name: neither products nor creatives, and none of its words; prices are in yen. What it
has learnt about matches, prices and styles must still help, and nobody's candidates may all have one score.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import Catalogue, demo_catalogue
from services.features.vector import build
from services.models import manifest
from services.models.ctr.network import ClickModel, load_model
from services.simulator.shoppers import WORLD_SEED, Exposures, Truth
from services.simulator.shoppers.columns_of_creatives import columns_of, offers_of
from tests.statistics.training.other_shops import FIRST_SHOPPER, FORMAT, household, moment

MOMENTS = 80

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model does in a shop."""

    spread: float  # of the scores of one request's candidates: deviation by mean, on average
    gain: float  # true click rate of the best twentieth by score, by that of all


@pytest.fixture(scope="module")
def model() -> ClickModel:
    return load_model(manifest.folder_of("ctr"))


def figures(catalogue: Catalogue, model: ClickModel, visits: int) -> Figures:
    """Of shoppers who come for that many visits, the last one included; at 1 nothing is known of them."""
    creatives = [creative for creative in demo_creatives(catalogue) if creative.format == FORMAT]
    columns = columns_of(creatives, catalogue)
    offers = offers_of(creatives, catalogue)
    truth, spreads, best, overall = Truth(WORLD_SEED), [], [], []
    for number in range(FIRST_SHOPPER, FIRST_SHOPPER + MOMENTS):
        profile, scene, facts = moment(truth, catalogue, number, visits)
        aged = replace(columns, created_s=np.full(len(creatives), scene.when.timestamp() - 10 * 86_400))
        vectors = build(profile, facts, aged, scene.when)
        with torch.inference_mode():
            scores = model.serve(torch.from_numpy(vectors.dense), torch.from_numpy(vectors.categories))[0][:, 0].numpy()
        unseen = Exposures(np.zeros(len(creatives), dtype=np.int64))
        rates = truth.click_probabilities(truth.shopper(number), offers, scene, unseen)
        spreads.append(scores.std() / scores.mean())
        best.append(rates[np.argsort(-scores)[: len(scores) // 20]].mean())
        overall.append(rates.mean())
    return Figures(float(np.mean(spreads)), float(np.mean(best) / np.mean(overall)))


def test_known_shoppers_see_better_ads_in_both_shops(model: ClickModel) -> None:
    at_home, elsewhere = (figures(shop, model, visits=4) for shop in (demo_catalogue(), household()))
    assert at_home.gain > 2.5, at_home
    assert elsewhere.gain > 1.75, elsewhere
    assert min(at_home.spread, elsewhere.spread) > 0.4, (at_home, elsewhere)


def test_newcomers_candidates_have_different_scores_in_both_shops(model: ClickModel) -> None:
    at_home, elsewhere = (figures(shop, model, visits=1) for shop in (demo_catalogue(), household()))
    assert min(at_home.spread, elsewhere.spread) > 0.1, (at_home, elsewhere)
    assert at_home.gain > 1.0, at_home
