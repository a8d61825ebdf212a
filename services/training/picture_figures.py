"""How good drawn pictures are: whether they show the requested class and audience, and how much they differ."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from services.models.generator.audience import AUDIENCE_AXES
from services.models.generator.network import Generator
from services.models.generator.product_classes import PRODUCT_CLASSES
from services.models.tensors import NOISE_SIZE
from services.training.audience_style import draw_for_audience, random_audience
from services.training.fashion_mnist import ProductPictures
from services.training.judge import Judge

_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Conditioned:
    """N pictures and the conditions that they should show."""

    image: Tensor  # (N, 3, 32, 32)
    product_class: Tensor  # (N,)
    audience: Tensor  # (N, 8)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well the judge's predictions agree with the requested conditions."""

    pictures: int
    right_class: float
    right_class_low: float  # Wilson's 95 % interval
    right_class_high: float
    by_class: dict[str, float]
    audience_correlation: dict[str, float]  # of requested and predicted values, by axis


def draw(generator: Generator, each: int, chance: torch.Generator) -> Conditioned:
    """`each` pictures of every class, for random audiences."""
    product_class = torch.arange(len(PRODUCT_CLASSES)).repeat(each)
    audience = random_audience(len(product_class), chance)
    noise = torch.randn(len(product_class), NOISE_SIZE, generator=chance)
    generator.eval()
    with torch.inference_mode():
        rows = zip(*(torch.split(part, _CHUNK) for part in (noise, product_class, audience)), strict=True)
        image = torch.cat([generator(*chunk) for chunk in rows])
    return Conditioned(image, product_class, audience)


def real(pictures: ProductPictures, count: int, chance: torch.Generator) -> Conditioned:
    """`count` real pictures redrawn for random audiences, for comparison."""
    rows = torch.randperm(len(pictures.grey), generator=chance)[:count]
    grey, product_class = pictures.batch(rows)
    audience = random_audience(count, chance)
    return Conditioned(draw_for_audience(grey, audience), product_class, audience)


def agreement(judge: Judge, shown: Conditioned) -> Agreement:
    """Compares the requested conditions with the judge's predictions."""
    reading = judge.read(shown.image)
    right = (reading.product_class == shown.product_class).double()  # (N,)
    low, high = wilson(int(right.sum()), len(right))
    correlations = [
        float(torch.corrcoef(torch.stack([shown.audience[:, axis], reading.audience[:, axis]]))[0, 1])
        for axis in range(len(AUDIENCE_AXES))
    ]
    return Agreement(
        pictures=len(right),
        right_class=float(right.mean()),
        right_class_low=low,
        right_class_high=high,
        by_class={name: float(right[shown.product_class == at].mean()) for at, name in enumerate(PRODUCT_CLASSES)},
        audience_correlation={axis.name: value for axis, value in zip(AUDIENCE_AXES, correlations, strict=True)},
    )


def diversity(generator: Generator, pictures: ProductPictures, chance: torch.Generator, pairs: int = 100) -> float:
    """Mean distance of two drawn pictures of one class and audience, divided by that of two real ones.

    1 is as diverse as the data; near 0 the generator draws one picture a class.
    """
    product_class = torch.arange(len(PRODUCT_CLASSES)).repeat(pairs)
    audience = random_audience(len(product_class), chance)
    with torch.inference_mode():
        noise = torch.randn(2, len(product_class), NOISE_SIZE, generator=chance)
        drawn = [generator(one, product_class, audience) for one in noise]
    shown = [draw_for_audience(_one_of_each(pictures, product_class, chance), audience) for _ in range(2)]
    return float(_distance(*drawn) / _distance(*shown))


def wilson(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval of a proportion (1927).

    >>> [round(edge, 3) for edge in wilson(80, 100)]
    [0.711, 0.867]
    """
    p, square = successes / trials, z * z / trials
    middle = (p + square / 2.0) / (1.0 + square)
    half = z * math.sqrt(p * (1.0 - p) / trials + square / (4.0 * trials)) / (1.0 + square)
    return middle - half, middle + half


def _one_of_each(pictures: ProductPictures, product_class: Tensor, chance: torch.Generator) -> Tensor:
    """A random real picture of each class in `product_class`, (N, 1, 32, 32)."""
    rows = torch.empty_like(product_class)
    for at in range(len(PRODUCT_CLASSES)):
        wanted, known = product_class == at, (pictures.product_class == at).nonzero()[:, 0]
        rows[wanted] = known[torch.randint(len(known), (int(wanted.sum()),), generator=chance)]
    return pictures.batch(rows)[0]


def _distance(one: Tensor, other: Tensor) -> Tensor:
    mean: Tensor = torch.linalg.vector_norm((one - other).flatten(1), dim=1).mean()
    return mean
