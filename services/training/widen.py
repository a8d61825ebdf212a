"""Makes a click model of features/3 one of features/4: `python -m services.training.widen [FOLDER]`.

    W4 = W3 with rows and columns of zeros where the new features stand

It leaves the new features out, so it gives every ad the score that it gave before, and every figure of its card holds.
A model that is to use them is trained (`adloom train ctr --log`).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file
from torch import Tensor

from services.common.errors import Misconfigured
from services.features.creative_columns import ENCODED_FEATURES
from services.features.vector import BEGINNINGS, DENSE_FEATURES, FEATURE_VERSION
from services.models import manifest, reference
from services.models.ctr.network import ClickModel, names_known
from services.models.export import Provenance, Servable, export
from services.models.tensors import CTR
from services.training.card import write_card

_BOTH: Final = ("mix.weight",)  # as many rows as columns: one of each for each input
_ROWS: Final = ("mix.bias", "mean", "uses")
_COLUMNS: Final = ("wide.0.weight",)


def widened(tensors: dict[str, Tensor], begins: int) -> dict[str, Tensor]:
    """The network's tensors with room for the features after the first `begins` dense ones, which it leaves out."""
    wider = {name: _wider(name, tensor, begins) for name, tensor in tensors.items()}
    wider["deviation"] = torch.cat([tensors["deviation"], torch.ones(len(DENSE_FEATURES) - begins)])
    return wider


def _wider(name: str, tensor: Tensor, begins: int) -> Tensor:
    more = len(DENSE_FEATURES) - begins
    if name.endswith((*_BOTH, *_ROWS)):
        room = torch.zeros(more, *tensor.shape[1:])
        tensor = torch.cat([tensor[:begins], room, tensor[begins:]])
    if name.endswith((*_BOTH, *_COLUMNS)):
        room = torch.zeros(len(tensor), more)
        tensor = torch.cat([tensor[:, :begins], room, tensor[:, begins:]], dim=1)
    return tensor


def widen(folder: Path) -> manifest.Manifest:
    """Replaces the files of a version folder; raises `Misconfigured` where it is of no version that can be widened."""
    facts = manifest.read(folder)
    version = str(facts.recipe.get("feature_version"))
    if version not in BEGINNINGS:
        raise Misconfigured(f"{folder}: it is of {version}, where one of {', '.join(BEGINNINGS)} was expected")
    for name in (manifest.WEIGHTS, manifest.REFERENCE):
        manifest.verify(folder / name, facts.sha256[name])
    tensors = widened(load_file(folder / manifest.WEIGHTS), BEGINNINGS[version])
    model = ClickModel(names=names_known({name: tensor.shape for name, tensor in tensors.items()}))
    model.load_state_dict(tensors)
    inputs = _reference_inputs(folder, BEGINNINGS[version])
    fresh = export(model, Servable(CTR, model.serve, inputs), _provenance(facts), folder)
    write_card(fresh, folder.parents[1])
    return fresh


def _reference_inputs(folder: Path, begins: int) -> list[Tensor]:
    """Those of before, with vectors by chance, which must not change an answer."""
    dense, categories = (torch.from_numpy(reference.arrays(folder)[spec.name]) for spec in CTR.inputs)
    more = torch.randn(len(dense), len(DENSE_FEATURES) - begins, generator=torch.Generator().manual_seed(0))
    return [torch.cat([dense, more], dim=1), categories]


def _provenance(facts: manifest.Manifest) -> Provenance:
    left_out: Any = facts.recipe.get("left_out", [])
    recipe = {**facts.recipe, "feature_version": FEATURE_VERSION, "left_out": [*left_out, *ENCODED_FEATURES]}
    recipe["widened_from"] = facts.version
    return Provenance(facts.data, f"{facts.command}; python -m services.training.widen", recipe, facts.metrics)


def main() -> None:
    """Widens the model in one folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=manifest.folder_of(CTR.name))
    print(widen(parser.parse_args().folder).version)  # noqa: T201 - what was made


if __name__ == "__main__":
    main()
