"""The click model: embeddings, a cross network and a small MLP (DCN-v2, stacked; Wang et al. 2021), calibrated.

x_0 = [standardised dense, embeddings]
x_{l+1} = x_0 * (W_l x_l + b_l) + x_l            the cross network: products of features up to order L + 1
h = relu(V relu(U x_L))                          the hidden layer that contextual policies build on
p = sigmoid(scale * w.h + shift)                 Platt's scaling, fitted on shoppers that the weights never saw
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models import weights
from services.models.tensors import HIDDEN_SIZE

_CROSS_LAYERS = 1  # a second one gained nothing (services/training/LOG.md)
_WIDTH = 64
_WIDEST_EMBEDDING = 8
_FAR = 5.0  # standardised values are clipped here, so that no profile lies far outside the range of the training data


class CrossLayer(nn.Module):
    """One step of the cross network; x_0 and x_l are (C, D), and so is the result."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.mix = nn.Linear(size, size)

    def forward(self, first: Tensor, x: Tensor) -> Tensor:
        crossed: Tensor = first * self.mix(x) + x
        return crossed


class ClickModel(nn.Module):
    """Scores C candidates from dense (C, F) and categories (C, K)."""

    mean: Tensor
    deviation: Tensor
    calibration: Tensor

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.embeddings = nn.ModuleList(
            nn.Embedding(category.size, min(_WIDEST_EMBEDDING, (category.size + 1) // 2)) for category in CATEGORIES
        )
        size = len(DENSE_FEATURES) + sum(_embedding(part).embedding_dim for part in self.embeddings)
        self.crosses = nn.ModuleList(CrossLayer(size) for _ in range(_CROSS_LAYERS))
        self.wide = nn.Sequential(nn.Linear(size, _WIDTH), nn.ReLU(), nn.Dropout(dropout))
        self.hidden = nn.Sequential(nn.Linear(_WIDTH, HIDDEN_SIZE), nn.ReLU())
        self.logit = nn.Linear(HIDDEN_SIZE, 1)
        self.register_buffer("mean", torch.zeros(len(DENSE_FEATURES)))
        self.register_buffer("deviation", torch.ones(len(DENSE_FEATURES)))
        self.register_buffer("calibration", torch.tensor([1.0, 0.0, 0.0]))  # scale, shift, floor
        for part in self.embeddings:
            nn.init.normal_(_embedding(part).weight, std=0.05)

    def standardise_by(self, dense: Tensor) -> None:
        """Takes mean and deviation of the dense features from training rows (N, F)."""
        self.mean.copy_(dense.mean(dim=0))
        self.deviation.copy_(dense.std(dim=0).clamp(min=1e-3))

    def forward(self, dense: Tensor, categories: Tensor) -> tuple[Tensor, Tensor]:
        """The uncalibrated logit (C, 1) and the hidden layer (C, 16)."""
        numbers = ((dense - self.mean) / self.deviation).clamp(-_FAR, _FAR)  # (C, F)
        embedded = [part(categories[:, k]) for k, part in enumerate(self.embeddings)]
        first = torch.cat([numbers, *embedded], dim=1)  # (C, D)
        x = first
        for cross in self.crosses:
            x = cross(first, x)
        hidden = self.hidden(self.wide(x))  # (C, 16)
        return self.logit(hidden), hidden

    def serve(self, dense: Tensor, categories: Tensor) -> tuple[Tensor, Tensor]:
        """The calibrated click probability (C, 1) and the hidden layer (C, 16): what Triton answers."""
        logit, hidden = self(dense, categories)
        scale, shift, floor = self.calibration.unbind()
        return floor + (1.0 - floor) * torch.sigmoid(scale * logit + shift), hidden


def load(folder: Path) -> Callable[[Tensor, Tensor], Sequence[Tensor]]:
    """The function that Triton serves, with the weights of a version folder."""
    model = ClickModel()
    weights.load_into(model, folder)
    return model.serve


def _embedding(part: nn.Module) -> nn.Embedding:
    assert isinstance(part, nn.Embedding)
    return part
