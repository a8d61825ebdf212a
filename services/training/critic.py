"""The critic of the creative generator: how real a picture looks for its condition, and which condition it shows."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from services.models.generator.audience import AUDIENCE_SIZE
from services.models.generator.product_classes import PRODUCT_CLASSES


class Critic(nn.Module):
    """Judges pictures (B, 3, 32, 32) under a condition; no batch norm, because the gradient penalty is per picture.

    The score is a projection critic (Miyato & Koyama 2018); two more heads predict class and audience (Odena et al.
    2017), so that the generator must draw its condition.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(3, width, kernel_size=4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, kernel_size=4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 4 * width, kernel_size=4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(4 * width * 4 * 4, 256),
            nn.LeakyReLU(0.2),
        )
        self.score = nn.Linear(256, 1)
        self.project_class = nn.Embedding(len(PRODUCT_CLASSES), 256)
        self.project_audience = nn.Linear(AUDIENCE_SIZE, 256, bias=False)
        self.class_logits = nn.Linear(256, len(PRODUCT_CLASSES))
        self.audience_guess = nn.Linear(256, AUDIENCE_SIZE)
        nn.init.normal_(self.project_class.weight, std=0.05)

    def features(self, image: Tensor) -> Tensor:
        features: Tensor = self.convolutions(image * 2.0 - 1.0)
        return features  # (B, 256)

    def judge(self, features: Tensor, product_class: Tensor, audience: Tensor) -> Tensor:
        projection = self.project_class(product_class) + self.project_audience(audience)  # (B, 256)
        score: Tensor = self.score(features).squeeze(1) + (features * projection).sum(dim=1)
        return score  # (B,)

    def misread(self, features: Tensor, product_class: Tensor, audience: Tensor) -> tuple[Tensor, Tensor]:
        """How wrongly the condition is read off: cross entropy of the class, mean squared error of the audience."""
        classes = functional.cross_entropy(self.class_logits(features), product_class)
        return classes, functional.mse_loss(self.audience_guess(features), audience)


def gradient_penalty(critic: Critic, image: Tensor, product_class: Tensor, audience: Tensor) -> Tensor:
    """Mean of (|d score / d image| - 1)^2 over the given interpolated pictures (Gulrajani et al. 2017, equation 3)."""
    image = image.detach().requires_grad_(True)
    score = critic.judge(critic.features(image), product_class, audience)
    (slope,) = torch.autograd.grad(score.sum(), image, create_graph=True)
    length = torch.linalg.vector_norm(slope.flatten(1), dim=1)  # (B,)
    penalty: Tensor = ((length - 1.0) ** 2).mean()
    return penalty
