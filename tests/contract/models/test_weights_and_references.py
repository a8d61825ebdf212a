"""Checked-in weights are those of their manifest, and torch still computes the checked-in reference answers (law 8)."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from services.common.errors import Misconfigured
from services.models import manifest, reference, weights
from services.models.ctr.network import ClickModel
from services.models.ctr.served import load
from services.models.generator.network import Generator
from services.models.manifest import MANIFEST, REFERENCE, WEIGHTS, folder_of, read, sha256_of
from services.models.tensors import CONTRACTS, CREATIVE_GENERATOR, CTR, TEXT_ENCODER, ModelContract
from services.models.text_encoder import network as text_encoder

Forward = Callable[..., Sequence[Tensor]]
every_model = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def forward_of(contract: ModelContract) -> Forward:
    folder = folder_of(contract.name)
    if contract is CTR:
        return load(folder)
    if contract is TEXT_ENCODER:
        encoder = text_encoder.load(folder)
        return lambda rows: [text_encoder.embed_rows(encoder, rows)]
    generator = Generator()
    weights.load_into(generator, folder)
    return lambda noise, product_class, audience: [generator(noise, product_class[:, 0], audience)]


@every_model
def test_files_have_the_checksums_of_the_manifest(contract: ModelContract) -> None:
    folder = folder_of(contract.name)
    for name, expected in read(folder).sha256.items():
        path = folder / name
        found = path if path.exists() else text_encoder.wheel_folder() / name
        assert sha256_of(found) == expected, name


@every_model
def test_torch_computes_the_reference_answers(contract: ModelContract) -> None:
    inputs, expected = reference.read(folder_of(contract.name), contract)
    with torch.inference_mode():
        answers = forward_of(contract)(*(torch.from_numpy(inputs[spec.name]) for spec in contract.inputs))
    found = {spec.name: answer.numpy() for spec, answer in zip(contract.outputs, answers, strict=True)}
    assert reference.largest_difference(expected, found) <= contract.tolerance


@every_model
def test_reference_answers_detect_another_model(contract: ModelContract) -> None:
    _, expected = reference.read(folder_of(contract.name), contract)
    for name, answers in expected.items():
        rows = answers.reshape(len(answers), -1)
        assert np.ptp(rows, axis=0).max() > 100 * contract.tolerance, name


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    for name in (WEIGHTS, MANIFEST, REFERENCE):
        (tmp_path / name).write_bytes((folder_of(CTR.name) / name).read_bytes())
    changed = bytearray((tmp_path / WEIGHTS).read_bytes())
    changed[-1] ^= 1
    (tmp_path / WEIGHTS).write_bytes(changed)
    with pytest.raises(Misconfigured, match="SHA-256"):
        weights.load_into(ClickModel(), tmp_path)


def test_a_missing_manifest_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="train the model, or check the repository out again"):
        manifest.read(tmp_path)


def test_weights_are_small_enough_to_check_in() -> None:
    for contract in (CTR, CREATIVE_GENERATOR):
        assert (folder_of(contract.name) / WEIGHTS).stat().st_size < 4_000_000
