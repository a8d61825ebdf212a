"""The judge of drawn pictures: a classifier that predicts class and audience from a picture.

It is trained on real pictures only, and so is independent of the generator.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from services.models.generator.audience import AUDIENCE_SIZE
from services.models.generator.product_classes import PRODUCT_CLASSES
from services.training.audience_style import draw_for_audience, random_audience
from services.training.fashion_mnist import ProductPictures
from services.training.recipes import JudgeRecipe

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """The judge's predictions for N pictures."""

    product_class: Tensor  # (N,) int64
    audience: Tensor  # (N, 8)


class Judge(nn.Module):
    """Three convolutions and two heads on pictures (B, 3, 32, 32) in [0, 1]: class logits (B, 10), audience (B, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(*_block(3, 32), *_block(32, 64), *_block(64, 64), nn.Flatten())
        self.shared = nn.Sequential(nn.Linear(64 * 4 * 4, 128), nn.ReLU(), nn.Dropout(0.25))
        self.class_logits = nn.Linear(128, len(PRODUCT_CLASSES))
        self.audience = nn.Linear(128, AUDIENCE_SIZE)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        shared = self.shared(self.features(image))  # (B, 128)
        return self.class_logits(shared), self.audience(shared)

    def read(self, image: Tensor) -> Reading:
        """Class and audience of N pictures (N, 3, 32, 32)."""
        self.eval()
        with torch.inference_mode():
            parts = [self(chunk) for chunk in torch.split(image, _CHUNK)]
        classes, audiences = zip(*parts, strict=True)
        return Reading(torch.cat([logits.argmax(dim=1) for logits in classes]), torch.cat(audiences))


def new_judge(recipe: JudgeRecipe) -> Judge:
    """An untrained judge; the recipe's seed decides its first weights and its dropout."""
    torch.manual_seed(recipe.seed)
    return Judge()


def train_judge(judge: Judge, recipe: JudgeRecipe, pictures: ProductPictures) -> Iterator[float]:
    """Trains on real pictures redrawn for random audiences; yields the share that is done."""
    chance = torch.Generator().manual_seed(recipe.seed)
    batches = recipe.epochs * (len(pictures.grey) // recipe.batch)
    optimiser = torch.optim.AdamW(judge.parameters(), lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=recipe.learning_rate, total_steps=batches)
    order = torch.empty(0, dtype=torch.int64)
    for done in range(batches):
        if len(order) < recipe.batch:
            order = torch.randperm(len(pictures.grey), generator=chance)
        rows, order = order[: recipe.batch], order[recipe.batch :]
        judge.train()
        loss = _loss(judge, pictures, rows, chance)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        yield (done + 1) / batches


def _loss(judge: Judge, pictures: ProductPictures, rows: Tensor, chance: torch.Generator) -> Tensor:
    grey, product_class = pictures.batch(rows)
    audience = random_audience(len(rows), chance)
    logits, read = judge(draw_for_audience(grey, audience))
    return functional.cross_entropy(logits, product_class) + functional.mse_loss(read, audience)


def _block(channels_in: int, channels_out: int) -> list[nn.Module]:
    convolution = nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(channels_out), nn.ReLU(), nn.MaxPool2d(2)]
