"""Recipes: a training run is one small frozen record.

Recipe and data decide the weights, up to the order of float sums. The field names are keys of the manifests in
`model_repository` and must not be renamed.
"""

from dataclasses import dataclass

from services.catalogue.terms import DIMENSIONS
from services.features.creative_columns import ENCODED_FEATURES

SHOP_ONLY = ("product_category", *(f"product_{index}" for index in range(DIMENSIONS)))
"""Features that mean something in one shop alone: the shipped model, which is to serve any shop, leaves them out."""

UNTAUGHT = ENCODED_FEATURES
"""Features that simulated traffic cannot teach: what a text means changes nothing there. A shop's own log may."""


@dataclass(frozen=True, slots=True)
class GeneratorRecipe:
    """How the creative generator is trained."""

    seed: int = 20
    steps: int = 4500  # of the generator
    batch: int = 64
    critic_steps: int = 2  # for each step of the generator
    learning_rate: float = 2e-4
    fades_from: int = 3000  # the learning rate decays linearly from this step
    fades_to: int = 6000  # to zero at this step, but not below a tenth
    betas: tuple[float, float] = (0.0, 0.9)
    gradient_penalty: float = 10.0
    penalised_share: float = 0.5  # of each batch; the penalty is half of a critic step's cost
    class_weight: float = 1.0
    audience_weight: float = 2.0
    average_decay: float = 0.999  # of the exponential average of the weights, which is what is exported
    checkpoint_every: int = 100


@dataclass(frozen=True, slots=True)
class TrafficRecipe:
    """Which simulated traffic the click model learns from; creatives are shown uniformly at random."""

    truth_seed: int = 7
    seed: int = 11
    impressions: int = 400_000
    shoppers: int = 6_000
    days: int = 28
    until: str = "2026-01-29T00:00:00+00:00"  # ISO 8601


@dataclass(frozen=True, slots=True)
class ClickRecipe:
    """How the click model is trained."""

    seed: int = 20
    traffic: TrafficRecipe = TrafficRecipe()
    test_share: float = 0.2  # of the shoppers: every figure on the card
    folds: int = 3  # of the other shoppers; models of the other folds score each fold, to fit the calibration
    epochs: int = 8
    batch: int = 512
    learning_rate: float = 1e-3  # falls along a half cosine to zero
    weight_decay: float = 0.3
    dropout: float = 0.2
    strangers: float = 0.3  # of the rows: all names of the shop are hidden, as in one that the model does not know
    newcomers: float = 0.1  # of the names in other rows: hidden one by one, as new creatives of a known shop are
    left_out: tuple[str, ...] = SHOP_ONLY + UNTAUGHT


@dataclass(frozen=True, slots=True)
class JudgeRecipe:
    """How the judge of drawn pictures is trained."""

    seed: int = 21
    epochs: int = 5
    batch: int = 128
    learning_rate: float = 3e-3
