"""A click model of features/3 becomes one of features/4 that gives the same scores."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from services.common.errors import Misconfigured
from services.features.creative_columns import ENCODED_FEATURES
from services.features.vector import BEGINNINGS, DENSE_FEATURES, FEATURE_VERSION
from services.models import manifest, reference
from services.models.ctr.network import ClickModel, load_model, table_of
from services.models.ctr.served import ServedClickModel
from services.models.tensors import CTR
from services.training.widen import widen, widened

OLD = BEGINNINGS["features/3"]


def narrow(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors without what stands for the new features."""
    size = len(tensors["wide.0.weight"][0])
    kept = [at for at in range(size) if not OLD <= at < len(DENSE_FEATURES)]
    found = dict(tensors)
    for name in ("mean", "deviation", "uses"):
        found[name] = tensors[name][:OLD]
    found["wide.0.weight"] = tensors["wide.0.weight"][:, kept]
    found["crosses.0.mix.weight"] = tensors["crosses.0.mix.weight"][kept][:, kept]
    found["crosses.0.mix.bias"] = tensors["crosses.0.mix.bias"][kept]
    return found


def test_the_new_features_change_no_score_and_what_was_there_stays_to_the_last_bit() -> None:
    torch.manual_seed(1)
    network = ClickModel().eval()
    for part in network.embeddings:
        torch.nn.init.normal_(table_of(part).weight)
    network.leave_out(ENCODED_FEATURES)
    state = network.state_dict()
    wider = widened(narrow(state), OLD)
    again = ClickModel().eval()
    again.load_state_dict(wider)
    assert all(torch.equal(tensor, narrow(state)[name]) for name, tensor in narrow(wider).items())
    dense, categories = torch.randn(50, len(DENSE_FEATURES)), torch.randint(0, 3, (50, 15))
    other = torch.cat([dense[:, :OLD], torch.randn(50, len(ENCODED_FEATURES))], dim=1)
    with torch.inference_mode():
        before, after = ServedClickModel(network)(dense, categories), ServedClickModel(again)(other, categories)
        assert all(torch.equal(one, two) for one, two in zip(before, after, strict=True))


def test_a_version_folder_is_replaced_whole_and_another_one_is_left_alone(tmp_path: Path) -> None:
    folder, shipped = tmp_path / "ctr" / "2", manifest.folder_of("ctr")
    shutil.copytree(shipped, folder)
    with pytest.raises(Misconfigured, match="it is of features/4, where one of features/3 was expected"):
        widen(folder)
    narrowed(folder)
    facts = widen(folder)
    assert facts.recipe["feature_version"] == FEATURE_VERSION
    assert facts.metrics == manifest.read(shipped).metrics
    for spec in CTR.outputs:
        assert (reference.arrays(folder)[spec.name] == reference.arrays(shipped)[spec.name]).all()
    assert load_model(folder).uses[OLD:].sum() == 0.0


def narrowed(folder: Path) -> None:
    """Makes the copy of the shipped model what it was widened from."""
    from dataclasses import replace

    import numpy as np
    from safetensors.torch import load_file, save_file

    facts = manifest.read(folder)
    save_file({name: tensor.contiguous() for name, tensor in narrow(load_file(folder / "weights.safetensors")).items()},
              folder / "weights.safetensors")  # fmt: skip
    with np.load(folder / "reference.npz") as file:
        arrays = dict(file)
    arrays["dense"] = arrays["dense"][:, :OLD]
    np.savez(folder / "reference.npz", allow_pickle=False, **arrays)
    sums = {name: manifest.sha256_of(folder / name) for name in facts.sha256}
    manifest.write(folder, replace(facts, sha256=sums, recipe=facts.recipe | {"feature_version": "features/3"}))
