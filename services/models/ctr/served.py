"""The click model as Triton serves it: the function of `network.py`, with what no request changes worked out once.

A request has some hundred rows, for which PyTorch's time goes into the number of its calls. So here all names are
looked up together, all embeddings lie in one table (a row has zeros in the columns of the other ones, so that the sum
of a creative's rows sets its embeddings side by side), and what the model leaves out is not computed.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

import torch
from torch import Tensor, nn

from services.features.creative_columns import NAMES
from services.features.vector import TABLES
from services.models.ctr.network import FAR, ClickModel, Names, load_model, table_of


def load(folder: Path) -> Callable[[Tensor, Tensor], Sequence[Tensor]]:
    """The function that Triton serves, with the weights of a version folder."""
    return ServedClickModel(load_model(folder))


class ServedClickModel:
    """Scores C candidates from dense (C, F) and categories (C, K); equals `ClickModel.serve` up to rounding."""

    def __init__(self, model: ClickModel) -> None:
        """Of a model that is ready to serve; what is changed in it later is not seen."""
        self._used = torch.nonzero(model.uses)[:, 0]  # (F',) of the F dense features
        self._mean, self._deviation = model.mean[self._used], model.deviation[self._used]
        self._embeddings = _Embeddings(model)
        columns = torch.cat([self._used, self._embeddings.columns + len(model.uses)])  # (D',) of the network's D
        mixes = [_weights(cross.get_submodule("mix")) for cross in model.crosses]
        self._crosses = [(weight[columns][:, columns], bias[columns]) for weight, bias in mixes]
        weight, bias = _weights(model.wide[0])
        self._wide, self._hidden = (weight[:, columns], bias), _weights(model.hidden[0])
        scale, shift, self._floor = model.calibration.tolist()
        weight, bias = _weights(model.logit)
        self._logit = weight * scale, bias * scale + shift

    def __call__(self, dense: Tensor, categories: Tensor) -> tuple[Tensor, Tensor]:
        """The calibrated click probability (C, 1) and the hidden layer (C, 16)."""
        numbers = dense.index_select(1, self._used).sub_(self._mean).div_(self._deviation).clamp_(-FAR, FAR)  # (C, F')
        first = torch.cat([numbers, self._embeddings.of(categories)], dim=1)  # (C, D')
        x = first
        for weight, bias in self._crosses:
            x = torch.addcmul(x, first, nn.functional.linear(x, weight, bias))
        wide = nn.functional.linear(x, *self._wide).relu_()
        hidden = nn.functional.linear(wide, *self._hidden).relu_()  # (C, 16)
        click = nn.functional.linear(hidden, *self._logit).sigmoid_()
        return click.mul_(1.0 - self._floor).add_(self._floor), hidden


class _Embeddings:
    """The embeddings of the categories that a model uses, K' of K, in one table."""

    def __init__(self, model: ClickModel) -> None:
        table = {k: t for t, columns in enumerate(TABLES) for k in columns if model.uses_categories[k] != 0}
        used = sorted(set(table.values()))
        sizes = [table_of(part).embedding_dim for part in model.embeddings]
        ends = list(accumulate(sizes))
        self.columns = torch.cat([torch.arange(ends[t] - sizes[t], ends[t]) for t in used])  # (E',) of all E
        """Those of the network's columns of embeddings that `of` gives."""
        named = [k for k in table if isinstance(model.embeddings[table[k]], Names)]
        order = named + [k for k in table if k not in named]
        weights = {t: table_of(model.embeddings[t]).weight for t in used}
        self._table: Tensor = torch.block_diag(*weights.values())  # type: ignore[no-untyped-call]  # (rows, E')
        begins = dict(zip(used, accumulate([0] + [len(weights[t]) for t in used]), strict=False))
        self._named, self._numbered = torch.tensor(named), torch.tensor(order[len(named) :])
        self._begins = torch.tensor([begins[table[k]] for k in order])  # (K',)
        self._apart = torch.tensor([table[k] * NAMES for k in named])  # so that equal names of two tables differ
        parts = [(t, model.embeddings[t]) for t in used]
        known = [torch.as_tensor(part.known) + t * NAMES for t, part in parts if isinstance(part, Names)]
        rows = [torch.arange(len(some)) + 1 for some in known]
        self._known = torch.cat([*known, torch.tensor([torch.iinfo(torch.int64).max])])  # ascending
        self._row = torch.cat([*rows, torch.tensor([0])])

    def of(self, categories: Tensor) -> Tensor:
        """(C, E') of categories (C, K)."""
        names = categories.index_select(1, self._named).add_(self._apart)  # (C, named)
        at = torch.searchsorted(self._known, names)
        found = self._row[at] * (self._known[at] == names)  # 0: not known
        rows = torch.cat([found, categories.index_select(1, self._numbered)], dim=1).add_(self._begins)  # (C, K')
        return nn.functional.embedding_bag(rows, self._table, mode="sum")


def _weights(layer: nn.Module) -> tuple[Tensor, Tensor]:
    """Of a linear layer: (out, in) and (out,)."""
    assert isinstance(layer, nn.Linear)
    return layer.weight, layer.bias
