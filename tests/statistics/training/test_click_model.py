"""The checked-in click model's figures, and the validity of these figures.

Fresh traffic is of the weeks that the model was trained on, under a seed that no training used. Later weeks would be
another question: in this shop what appeals drifts, so a model that is not trained again loses its calibration.
"""

from datetime import datetime

import numpy as np
import pytest
import torch

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.features.creative_columns import ELEMENTS
from services.features.vector import DENSE_FEATURES, FEATURE_VERSION
from services.models import manifest
from services.models.ctr.network import ClickModel, load_model, names_in, table_of
from services.models.ctr.served import ServedClickModel
from services.simulator.shoppers import Truth, offline_log
from services.training.click_figures import log_losses, mean_by_shopper, normalised_entropy, tenths
from services.training.click_rows import ClickRows, blinded
from services.training.recipes import TrafficRecipe
from services.training.train_ctr import predictions

FACTS = manifest.read(manifest.folder_of("ctr"))


@pytest.fixture(scope="module")
def fresh() -> ClickRows:
    """Other visits, other choices and other clicks than in training."""
    catalogue = demo_catalogue()
    log = offline_log(
        Truth(seed=7),
        catalogue,
        demo_creatives(catalogue),
        impressions=20_000,
        shoppers=200,
        days=28,
        until=datetime.fromisoformat(TrafficRecipe().until),
        seed=99,
    )
    return ClickRows(
        torch.from_numpy(log.dense),
        torch.from_numpy(log.categories),
        torch.from_numpy(log.clicks).float(),
        torch.from_numpy(log.user),
        torch.from_numpy(log.probability),
    )


@pytest.fixture(scope="module")
def model() -> ClickModel:
    return load_model(manifest.folder_of("ctr"))


def test_card_shows_a_gain_over_the_blind_model_whose_interval_excludes_zero() -> None:
    gain = FACTS.metrics["gain_over_blind"]
    assert isinstance(gain, dict) and gain["low"] > 0.0


def test_card_shows_ten_calibrated_tenths() -> None:
    groups = FACTS.metrics["tenths"]
    assert isinstance(groups, list) and len(groups) == 10
    assert all(group["observed"]["low"] <= group["predicted"] <= group["observed"]["high"] for group in groups)


def test_model_was_trained_on_the_features_that_are_served() -> None:
    assert FACTS.recipe["feature_version"] == FEATURE_VERSION


def test_model_beats_the_same_model_without_the_shopper_on_fresh_traffic(fresh: ClickRows, model: ClickModel) -> None:
    clicked = fresh.clicked.double().numpy()
    sighted = log_losses(predictions(model, fresh), clicked)
    unsighted = log_losses(predictions(model, blinded(fresh)), clicked)
    gain = mean_by_shopper(unsighted - sighted, fresh.shopper.numpy(), np.random.default_rng(0))
    assert gain.low > 0.0, gain


def test_model_beats_the_overall_click_rate_on_fresh_traffic(fresh: ClickRows, model: ClickModel) -> None:
    clicked = fresh.clicked.double().numpy()
    assert normalised_entropy(predictions(model, fresh), clicked) < 0.97


def test_mean_prediction_lies_in_the_interval_of_the_rate_on_fresh_traffic(fresh: ClickRows, model: ClickModel) -> None:
    rate = mean_by_shopper(
        fresh.clicked.double().numpy(), fresh.shopper.numpy(), np.random.default_rng(0), confidence=0.999
    )
    assert rate.low <= predictions(model, fresh).mean() <= rate.high


def test_intervals_cover_the_truth_as_often_as_claimed() -> None:
    """Shoppers differ, so an interval that took impressions for independent would cover far less than 95 %."""
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shopper = np.repeat(np.arange(100), 20)
        rates = rng.beta(1, 9, size=100)  # mean .1
        clicked = (rng.random(2000) < rates[shopper]).astype(float)
        interval = mean_by_shopper(clicked, shopper, rng, resamples=400)
        covered += interval.low <= 0.1 <= interval.high
    assert 0.90 <= covered / 200 <= 0.985  # 95 % within three standard errors, a little less for the percentiles' bias


def test_tenths_notice_a_model_that_is_wrong_in_one_of_them() -> None:
    rng = np.random.default_rng(1)
    truth = rng.beta(1, 20, size=50_000)
    shopper = rng.integers(500, size=50_000)
    clicked = (rng.random(50_000) < truth).astype(float)
    assert all(group.calibrated for group in tenths(truth, clicked, shopper, rng))
    wrong = np.where(truth > np.quantile(truth, 0.9), truth * 1.5, truth)
    assert [group.calibrated for group in tenths(wrong, clicked, shopper, rng)] == [True] * 9 + [False]


def test_served_form_knows_names_and_leaves_out_what_the_network_does() -> None:
    torch.manual_seed(3)
    numbers = torch.tensor([9, 4, 2**32 - 1, 7])  # the last is not known
    segments = torch.tensor([0, 1, 2, 3])
    elements = [numbers, numbers + 1, *([torch.zeros(4, dtype=torch.int64)] * (len(ELEMENTS) - 2))]
    categories = torch.stack([numbers, numbers, segments, *elements, segments, segments % 2, numbers, numbers], dim=1)
    network = ClickModel(names=names_in(categories[:3])).eval()
    network.know(categories[:3])
    network.leave_out(["product_category", "product", "backdrop", "searching"])
    dense = 3.0 * torch.randn(4, len(DENSE_FEATURES))
    with torch.inference_mode():
        for part in network.embeddings:
            torch.nn.init.normal_(table_of(part).weight)
        network.standardise_by(dense)
        expected, found = network.serve(dense, categories), ServedClickModel(network)(dense, categories)
    for wanted, given in zip(expected, found, strict=True):
        torch.testing.assert_close(given, wanted)
