"""What the loop earns in one world: a shop's log under uniform choice, a model and a posterior learnt from it, and then
the clicks that Thompson sampling may expect from shoppers who were not in the log.

Nothing is drawn at the end: what a policy earns is sum(probability of an ad * true probability of its click).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.features.creative_columns import ELEMENTS
from services.features.vector import build
from services.models.ctr.network import ClickModel
from services.policies.arms import Arms
from services.policies.assignment import THOMPSON
from services.policies.decide import probabilities_of
from services.policies.posterior import ArmSums, Posterior, click_probability, ctr_multipliers
from services.policies.thompson import DRAWS, exploration_floor
from services.simulator.shoppers import Exposures, Truth, offline_log
from services.simulator.shoppers.columns_of_creatives import columns_of, offers_of
from services.simulator.shoppers.tastes import liking
from services.training.click_rows import ClickRows, split_by_shopper
from services.training.own_log_job import recipe_for
from services.training.recipes import ClickRecipe, TrafficRecipe
from services.training.train_ctr import ClickRun, calibrate, logits, predictions
from tests.statistics.training.looks.libraries import many_looks, three_looks
from tests.statistics.training.other_shops import FIRST_SHOPPER, moment

Floats = NDArray[np.float64]
LOOP: Final = "loop"
BLIND: Final = "loop, blind to looks"
UNIFORM: Final = "uniform"
KNOWING: Final = "who knows all"
KNOWING_BUT_LOOKS: Final = "who knows all but tastes for looks"
_CALIBRATED: Final = 0.25  # of the shoppers of a log
_VISITS: Final = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played in a world."""

    impressions: int = 60_000
    shoppers: int = 1_200
    moments: int = 300  # of other shoppers, whose clicks are counted
    epochs: int = 20


def earned(world: int, catalogue: Catalogue, size: Size) -> dict[tuple[str, str], float]:
    """The click rate by library and by who chooses: with three looks, and with many."""
    many = many_looks(catalogue)
    found: dict[tuple[str, str], float] = {}
    for name, creatives in (("three looks", three_looks(many)), ("many looks", many)):
        for who, rate in _earned_with(Truth(world), catalogue, creatives, size).items():
            found[name, who] = rate
    return found


def _earned_with(truth: Truth, catalogue: Catalogue, creatives: Sequence[Creative], size: Size) -> dict[str, float]:
    log = offline_log(
        truth, catalogue, creatives, impressions=size.impressions, shoppers=size.shoppers, days=28,
        until=datetime.fromisoformat(TrafficRecipe().until), seed=truth.seed,
    )  # fmt: skip
    rows = ClickRows(
        torch.from_numpy(log.dense), torch.from_numpy(log.categories), torch.from_numpy(log.clicks).float(),
        torch.from_numpy(log.user), torch.from_numpy(log.probability),
    )  # fmt: skip
    recipe = recipe_for(len(rows))
    recipe = replace(recipe, seed=truth.seed, epochs=min(recipe.epochs, size.epochs))
    learnt = {}
    for who, each in ((LOOP, recipe), (BLIND, replace(recipe, left_out=ELEMENTS))):
        model = _trained(rows, each)
        learnt[who] = model, _posterior(model, rows, [creatives[at].creative_id for at in log.creative.tolist()])
    return rates(truth, catalogue, creatives, learnt, size.moments)


def _trained(rows: ClickRows, recipe: ClickRecipe) -> ClickModel:
    split = split_by_shopper(rows, _CALIBRATED, recipe.seed)
    run = ClickRun(recipe, split.train)
    for _ in run.epochs():
        pass
    calibrate(run.model, logits(run.model, split.test), split.test.clicked.double().numpy())
    return run.model.eval()


def _posterior(model: ClickModel, rows: ClickRows, creative_ids: Sequence[str]) -> Posterior:
    """What the loop believes of each ad after the log."""
    sums: dict[str, ArmSums] = defaultdict(ArmSums)
    clicked = rows.clicked.numpy() > 0.5
    for creative_id, score, click in zip(
        creative_ids, predictions(model, rows).tolist(), clicked.tolist(), strict=True
    ):
        sums[creative_id] = sums[creative_id].after(click, score)
    return Posterior(1, sums)


def rates(
    truth: Truth,
    catalogue: Catalogue,
    creatives: Sequence[Creative],
    learnt: Mapping[str, tuple[ClickModel, Posterior]],
    moments: int,
) -> dict[str, float]:
    """What each who chooses may expect of a shopper's ad, on average over so many shoppers who were in no log."""
    columns, offers = columns_of(creatives, catalogue), offers_of(creatives, catalogue)
    C = len(creatives)
    unseen = Exposures(np.zeros(C, dtype=np.int64))
    multipliers = {who: ctr_multipliers(posterior, columns.creative_ids) for who, (_, posterior) in learnt.items()}
    found: dict[str, list[float]] = {who: [] for who in (*learnt, UNIFORM, KNOWING, KNOWING_BUT_LOOKS)}
    for number in range(FIRST_SHOPPER, FIRST_SHOPPER + moments):
        profile, scene, facts = moment(truth, catalogue, number, _VISITS)
        aged = replace(columns, created_s=np.full(C, scene.when.timestamp() - 10 * 86_400))
        vectors = build(profile, facts, aged, scene.when)
        clicks = truth.click_probabilities(truth.shopper(number), offers, scene, unseen)
        found[UNIFORM].append(float(clicks.mean()))
        liked = liking(truth.shopper(number).taste, offers.looks, scene.when.hour)
        found[KNOWING].append(float(clicks.max()))
        found[KNOWING_BUT_LOOKS].append(float(clicks[np.argmax(clicks / liked)]))
        for who, (model, _) in learnt.items():
            with torch.inference_mode():
                served = model.serve(torch.from_numpy(vectors.dense), torch.from_numpy(vectors.categories))[0]
            scores = served[:, 0].double().numpy()
            arms = Arms(columns.creative_ids, scores, *click_probability(scores, *multipliers[who]), C - 1)
            chances = probabilities_of(arms, THOMPSON, f"{number}".encode(), exploration_floor(C), DRAWS)
            found[who].append(float(chances @ clicks))
    return {who: float(np.mean(values)) for who, values in found.items()}
