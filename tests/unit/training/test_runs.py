"""Runs are reproducible by their seed, learn, and resume after an interruption with the same result."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import Tensor

from services.common.errors import Misconfigured
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.training import checkpoint
from services.training.click_rows import ClickRows
from services.training.critic import Critic, gradient_penalty
from services.training.fashion_mnist import ProductPictures
from services.training.recipes import ClickRecipe, GeneratorRecipe
from services.training.train_ctr import ClickRun, calibrate, logits, predictions
from services.training.train_generator import GeneratorRun

GAN = GeneratorRecipe(steps=4, batch=4)
CLICKS = ClickRecipe(epochs=4, batch=64, learning_rate=1e-2)


def pictures() -> ProductPictures:
    chance = torch.Generator().manual_seed(0)
    grey = torch.randint(256, (30, 1, 32, 32), generator=chance).to(torch.uint8)
    return ProductPictures(grey, torch.arange(30) % 10)


def rows(count: int = 1000) -> ClickRows:
    """Clicks that depend on the first feature alone."""
    chance = torch.Generator().manual_seed(0)
    dense = torch.randn(count, len(DENSE_FEATURES), generator=chance)
    probability = torch.sigmoid(2.0 * dense[:, 0].double() - 1.0)
    clicked = (torch.rand(count, generator=chance) < probability).float()
    categories = torch.zeros(count, len(CATEGORIES), dtype=torch.int64)
    return ClickRows(dense, categories, clicked, torch.arange(count) // 10, probability)


def weights_of(run: GeneratorRun | ClickRun) -> list[Tensor]:
    network = run.average if isinstance(run, GeneratorRun) else run.model
    return [tensor.clone() for tensor in network.state_dict().values()]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def numbers(run: GeneratorRun | ClickRun) -> Iterator[int]:
    """Lets the run go on, and says which step or epoch is over."""
    if isinstance(run, GeneratorRun):
        return (step.step for step in run.steps())
    return (epoch.epoch for epoch in run.epochs())


@pytest.mark.parametrize(
    ("begin", "recipe"),
    [(lambda: GeneratorRun(GAN, pictures()), GAN), (lambda: ClickRun(CLICKS, rows()), CLICKS)],
    ids=["generator", "clicks"],
)
def test_an_interrupted_run_ends_like_an_uninterrupted_one(
    tmp_path: Path, begin: Callable[[], GeneratorRun | ClickRun], recipe: GeneratorRecipe | ClickRecipe
) -> None:
    whole = begin()
    assert list(numbers(whole)) == [1, 2, 3, 4]
    first = begin()  # and not before: a process has one run, whose dropout draws from torch's own generator
    assert list(islice(numbers(first), 2)) == [1, 2]
    checkpoint.save(tmp_path / "run", recipe, first.state())
    state = checkpoint.load(tmp_path / "run", recipe)
    assert state is not None
    second = begin()
    second.restore(state)
    assert list(numbers(second)) == [3, 4]
    assert same(weights_of(second), weights_of(whole))


def test_another_seed_gives_another_generator() -> None:
    one, other = GeneratorRun(GAN, pictures()), GeneratorRun(replace(GAN, seed=1), pictures())
    assert not same(weights_of(one), weights_of(other))


def test_click_run_finds_what_clicks_depend_on() -> None:
    run = ClickRun(CLICKS, rows(4000))
    list(run.epochs())
    unseen = rows(6000).take(torch.arange(4000, 6000))
    calibrate(run.model, logits(run.model, unseen), unseen.clicked.double().numpy())
    found = torch.from_numpy(predictions(run.model, unseen))
    assert float(torch.corrcoef(torch.stack([found, unseen.probability]))[0, 1]) > 0.8
    assert float(found.mean()) == pytest.approx(float(unseen.clicked.mean()), abs=1e-3)


def test_no_checkpoint_is_a_fresh_start(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "none", GAN) is None


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "run", GAN, {"step": 1})
    with pytest.raises(Misconfigured, match="another recipe"):
        checkpoint.load(tmp_path / "run", replace(GAN, batch=8))


class Slope(Critic):
    """A critic whose score is `slope` times the sum of all values, so that its gradient is known."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def features(self, image: Tensor) -> Tensor:
        return image.flatten(1)

    def judge(self, features: Tensor, product_class: Tensor, audience: Tensor) -> Tensor:
        return self.slope * features.sum(dim=1)


@pytest.mark.parametrize(("slope", "penalty"), [(1.0, 0.0), (2.0, 1.0), (0.0, 1.0)])
def test_penalty_is_the_squared_distance_of_the_gradient_from_one(slope: float, penalty: float) -> None:
    length = (3 * 32 * 32) ** 0.5
    image = torch.rand(5, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    found = gradient_penalty(Slope(slope / length), image, torch.zeros(5), torch.zeros(5))
    assert float(found) == pytest.approx(penalty, abs=1e-4)  # a float32 sum of 3,072 squares
