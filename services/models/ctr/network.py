"""The click model: embeddings, a cross network and a small MLP (DCN-v2, stacked; Wang et al. 2021), calibrated.

x_0 = [standardised dense, embeddings]
x_{l+1} = x_0 * (W_l x_l + b_l) + x_l            the cross network: products of features up to order L + 1
h = relu(V relu(U x_L))                          the hidden layer that contextual policies build on
p = sigmoid(scale * w.h + shift)                 Platt's scaling, fitted on shoppers that the weights never saw

Names (of creatives, products, elements, placements, formats) that the model was trained on have a row of their own. All
others share row 0, which is trained by hiding names at random. So an unknown shop's ads differ by what they are, and
not by the accident of their names' numbers. The elements of an ad have one table: its look is the sum of their rows, so
each is credited with its part. `uses` leaves features out that mean something in the shop of the training alone.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from services.features.creative_columns import NAMES
from services.features.vector import CATEGORIES, DENSE_FEATURES, TABLES
from services.models import weights
from services.models.tensors import HIDDEN_SIZE

_CROSS_LAYERS = 1  # a second one gained nothing (services/training/LOG.md)
_WIDTH = 64
_WIDEST_EMBEDDING = 8
FAR = 5.0  # standardised values are clipped here, so that no profile lies far outside the range of the training data


class CrossLayer(nn.Module):
    """One step of the cross network; x_0 and x_l are (C, D), and so is the result."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.mix = nn.Linear(size, size)

    def forward(self, first: Tensor, x: Tensor) -> Tensor:
        crossed: Tensor = first * self.mix(x) + x
        return crossed


class Names(nn.Module):
    """Rows for names, by their numbers of any shape; row 0 for those that it does not know."""

    known: Tensor

    def __init__(self, count: int) -> None:
        super().__init__()
        self.register_buffer("known", torch.zeros(count, dtype=torch.int64))  # ascending
        self.rows = nn.Embedding(count + 1, min(_WIDEST_EMBEDDING, count // 2 + 1))

    def forward(self, numbers: Tensor) -> Tensor:
        """The rows, with one axis more."""
        found: Tensor = self.rows(self.row_of(numbers))
        return found

    def row_of(self, numbers: Tensor) -> Tensor:
        """The index of each number's row."""
        if not len(self.known):
            return torch.zeros_like(numbers)
        at = torch.searchsorted(self.known, numbers.contiguous()).clamp(max=len(self.known) - 1)
        return torch.where(self.known[at] == numbers, at + 1, 0)


class ClickModel(nn.Module):
    """Scores C candidates from dense (C, F) and categories (C, K)."""

    mean: Tensor
    deviation: Tensor
    calibration: Tensor
    uses: Tensor
    uses_categories: Tensor

    def __init__(self, dropout: float = 0.0, names: Sequence[int] = ()) -> None:
        """`names`: how many of each table of names it knows, in the order of TABLES."""
        super().__init__()
        counts = iter(names)
        self.embeddings = nn.ModuleList(
            Names(next(counts, 0)) if size == NAMES else nn.Embedding(size, min(_WIDEST_EMBEDDING, (size + 1) // 2))
            for size in (CATEGORIES[columns[0]].size for columns in TABLES)
        )
        size = len(DENSE_FEATURES) + sum(table_of(part).embedding_dim for part in self.embeddings)
        self.crosses = nn.ModuleList(CrossLayer(size) for _ in range(_CROSS_LAYERS))
        self.wide = nn.Sequential(nn.Linear(size, _WIDTH), nn.ReLU(), nn.Dropout(dropout))
        self.hidden = nn.Sequential(nn.Linear(_WIDTH, HIDDEN_SIZE), nn.ReLU())
        self.logit = nn.Linear(HIDDEN_SIZE, 1)
        self.register_buffer("mean", torch.zeros(len(DENSE_FEATURES)))
        self.register_buffer("deviation", torch.ones(len(DENSE_FEATURES)))
        self.register_buffer("calibration", torch.tensor([1.0, 0.0, 0.0]))  # scale, shift, floor
        self.register_buffer("uses", torch.ones(len(DENSE_FEATURES)))  # 0: left out
        self.register_buffer("uses_categories", torch.ones(len(CATEGORIES)))
        for part in self.embeddings:
            nn.init.normal_(table_of(part).weight, std=0.05)

    def know(self, categories: Tensor) -> None:
        """Knows the names in these rows (N, K); as many of each table as the model was made for."""
        for columns, part in zip(TABLES, self.embeddings, strict=True):
            if isinstance(part, Names):
                part.known.copy_(_known(categories, columns))

    def leave_out(self, features: Sequence[str]) -> None:
        """Ignores these features and categories from now on."""
        for name in features:
            if name in DENSE_FEATURES:
                self.uses[DENSE_FEATURES.index(name)] = 0.0
            else:
                self.uses_categories[[category.name for category in CATEGORIES].index(name)] = 0.0

    def standardise_by(self, dense: Tensor) -> None:
        """Takes mean and deviation of the dense features from training rows (N, F)."""
        self.mean.copy_(dense.mean(dim=0))
        self.deviation.copy_(dense.std(dim=0).clamp(min=1e-3))

    def forward(self, dense: Tensor, categories: Tensor) -> tuple[Tensor, Tensor]:
        """The uncalibrated logit (C, 1) and the hidden layer (C, 16)."""
        numbers = ((dense - self.mean) / self.deviation).clamp(-FAR, FAR) * self.uses  # (C, F)
        used = self.uses_categories[:, None]  # (K, 1)
        embedded = [  # of each table, summed over its columns
            (part(categories[:, columns]) * used[columns]).sum(dim=1)  # (C, columns, E) -> (C, E)
            for columns, part in zip(map(list, TABLES), self.embeddings, strict=True)
        ]
        first = torch.cat([numbers, *embedded], dim=1)  # (C, D)
        x = first
        for cross in self.crosses:
            x = cross(first, x)
        hidden = self.hidden(self.wide(x))  # (C, 16)
        return self.logit(hidden), hidden

    def serve(self, dense: Tensor, categories: Tensor) -> tuple[Tensor, Tensor]:
        """The calibrated click probability (C, 1) and the hidden layer (C, 16): what Triton answers (`served.py`)."""
        logit, hidden = self(dense, categories)
        scale, shift, floor = self.calibration.unbind()
        return floor + (1.0 - floor) * torch.sigmoid(scale * logit + shift), hidden


def names_in(categories: Tensor) -> tuple[int, ...]:
    """How many names of each such table there are in rows (N, K): what a model that is to know them is made for."""
    return tuple(len(_known(categories, TABLES[t])) for t in _NAMED)


def _known(categories: Tensor, columns: tuple[int, ...]) -> Tensor:
    """The names in some columns of rows (N, K), ascending; an element that an ad lacks is none."""
    found: Tensor = torch.unique(categories[:, columns])
    return found if len(columns) == 1 else found[found != 0]


def names_known(shapes: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    """How many names of each such table a model with weights of these shapes knows."""
    return tuple(shapes[f"embeddings.{t}.known"][0] for t in _NAMED)


def load_model(folder: Path) -> ClickModel:
    """The model with the weights of a version folder."""
    model = ClickModel(names=names_known(weights.shapes(folder)))
    weights.load_into(model, folder)
    return model


_NAMED = [t for t, columns in enumerate(TABLES) if CATEGORIES[columns[0]].size == NAMES]


def table_of(part: nn.Module) -> nn.Embedding:
    """The rows of a part of `embeddings`."""
    table = part.rows if isinstance(part, Names) else part
    assert isinstance(table, nn.Embedding)
    return table
