"""Trains the creative generator: a conditional Wasserstein GAN with gradient penalty (Gulrajani et al. 2017)."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from services.models.generator.network import Generator
from services.models.generator.product_classes import PRODUCT_CLASSES
from services.models.tensors import NOISE_SIZE
from services.training.audience_style import draw_for_audience, random_audience
from services.training.critic import Critic, gradient_penalty
from services.training.fashion_mnist import ProductPictures
from services.training.recipes import GeneratorRecipe


@dataclass(frozen=True, slots=True)
class Batch:
    """Real pictures and the conditions they show."""

    image: Tensor  # (B, 3, 32, 32) in [0, 1]
    product_class: Tensor  # (B,)
    audience: Tensor  # (B, 8)


@dataclass(frozen=True, slots=True)
class GeneratorStep:
    """What one step of the generator saw."""

    step: int
    wasserstein: float  # the critic's estimate of the distance between drawn and real pictures
    penalty: float
    class_misread: float  # cross entropy of the class that the critic reads off drawn pictures


class GeneratorRun:
    """A training run that can be stepped, saved and resumed; all random numbers come from its own seeded stream."""

    def __init__(self, recipe: GeneratorRecipe, pictures: ProductPictures) -> None:
        torch.manual_seed(recipe.seed)  # the first weights
        self.recipe = recipe
        self.pictures = pictures
        self.chance = torch.Generator().manual_seed(recipe.seed)
        self.generator = Generator()
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.critic = Critic()
        self.step = 0
        self._generator_optimiser = _adam(self.generator, recipe)
        self._critic_optimiser = _adam(self.critic, recipe)

    def state(self) -> dict[str, object]:
        """Everything that a resumed run needs."""
        return {name: part.state_dict() for name, part in self._parts().items()} | {
            "step": self.step,
            "chance": self.chance.get_state(),
        }

    def restore(self, state: dict[str, object]) -> None:
        """Resumes from `state`."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])  # type: ignore[arg-type]
        chance, step = state["chance"], state["step"]
        assert isinstance(chance, Tensor) and isinstance(step, int)
        self.chance.set_state(chance)
        self.step = step

    def steps(self) -> Iterator[GeneratorStep]:
        """Trains to the end of the recipe, one generator step at a time."""
        while self.step < self.recipe.steps:
            self._set_learning_rate()
            for _ in range(self.recipe.critic_steps):
                wasserstein, penalty = self._critic_step()
            class_misread = self._generator_step()
            self.step += 1
            yield GeneratorStep(self.step, wasserstein, penalty, class_misread)

    def real_batch(self) -> Batch:
        """A random batch of real pictures, each redrawn for a random audience."""
        rows = torch.randint(len(self.pictures.grey), (self.recipe.batch,), generator=self.chance)
        grey, product_class = self.pictures.batch(rows)
        audience = random_audience(self.recipe.batch, self.chance)
        return Batch(draw_for_audience(grey, audience), product_class, audience)

    def _critic_step(self) -> tuple[float, float]:
        recipe, real = self.recipe, self.real_batch()
        with torch.no_grad():
            drawn = self.generator(self._noise(), real.product_class, real.audience)
        features = self.critic.features(torch.cat([real.image, drawn]))
        classes, audiences = real.product_class.repeat(2), real.audience.repeat(2, 1)
        score = self.critic.judge(features, classes, audiences)  # (2B,), real ones first
        distance = score[: recipe.batch].mean() - score[recipe.batch :].mean()
        wrong_class, wrong_audience = self.critic.misread(features[: recipe.batch], real.product_class, real.audience)
        penalty = self._penalty(real, drawn)
        loss = recipe.gradient_penalty * penalty - distance
        loss = loss + recipe.class_weight * wrong_class + recipe.audience_weight * wrong_audience
        _descend(self._critic_optimiser, loss)
        return float(distance.detach()), float(penalty.detach())

    def _penalty(self, real: Batch, drawn: Tensor) -> Tensor:
        count = max(1, round(self.recipe.batch * self.recipe.penalised_share))
        share = torch.rand(count, 1, 1, 1, generator=self.chance)
        between = share * real.image[:count] + (1.0 - share) * drawn[:count]
        return gradient_penalty(self.critic, between, real.product_class[:count], real.audience[:count])

    def _generator_step(self) -> float:
        recipe = self.recipe
        product_class = torch.randint(len(PRODUCT_CLASSES), (recipe.batch,), generator=self.chance)
        audience = random_audience(recipe.batch, self.chance)
        self.critic.requires_grad_(False)
        features = self.critic.features(self.generator(self._noise(), product_class, audience))
        score = self.critic.judge(features, product_class, audience).mean()
        wrong_class, wrong_audience = self.critic.misread(features, product_class, audience)
        loss = recipe.class_weight * wrong_class + recipe.audience_weight * wrong_audience - score
        _descend(self._generator_optimiser, loss)
        self.critic.requires_grad_(True)
        self._average_weights()
        return float(wrong_class.detach())

    def _average_weights(self) -> None:
        early = (1 + self.step) / (10 + self.step)  # a fast decay at first, so that the random start is forgotten
        decay = min(self.recipe.average_decay, early)
        with torch.no_grad():
            for averaged, current in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                averaged.lerp_(current, 1.0 - decay)

    def _noise(self) -> Tensor:
        return torch.randn(self.recipe.batch, NOISE_SIZE, generator=self.chance)

    def _set_learning_rate(self) -> None:
        recipe = self.recipe
        left = (recipe.fades_to - self.step) / (recipe.fades_to - recipe.fades_from)
        rate = recipe.learning_rate * max(0.1, min(1.0, left))
        for optimiser in (self._generator_optimiser, self._critic_optimiser):
            optimiser.param_groups[0]["lr"] = rate

    def _parts(self) -> dict[str, nn.Module | torch.optim.Adam]:
        return {
            "generator": self.generator,
            "average": self.average,
            "critic": self.critic,
            "generator_optimiser": self._generator_optimiser,
            "critic_optimiser": self._critic_optimiser,
        }


def _adam(network: nn.Module, recipe: GeneratorRecipe) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, betas=recipe.betas)


def _descend(optimiser: torch.optim.Adam, loss: Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
