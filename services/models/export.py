"""Turns a trained network into files that Triton serves: weights, reference answers, manifest."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from services.models import manifest, reference, weights
from services.models.tensors import ModelContract


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a model comes from: data, command and recipe, and the figures measured on it."""

    data: str
    command: str
    recipe: dict[str, object]
    metrics: dict[str, object]


@dataclass(frozen=True, slots=True)
class Servable:
    """A network as Triton will call it, and inputs (in its contract's order) whose answers become the reference."""

    contract: ModelContract
    forward: Callable[..., Sequence[Tensor]]
    inputs: Sequence[Tensor]

    def answers(self) -> Sequence[Tensor]:
        """What torch computes for the reference inputs."""
        with torch.inference_mode():
            return self.forward(*self.inputs)


def export(network: nn.Module, servable: Servable, provenance: Provenance, folder: Path) -> manifest.Manifest:
    """Writes the version folder of a model: weights, reference answers, manifest."""
    network.eval()
    checksum = weights.save(network, folder)
    facts = manifest.Manifest(
        model=servable.contract.name,
        version=manifest.version_of(servable.contract.name, checksum),
        sha256={manifest.WEIGHTS: checksum, manifest.REFERENCE: write_reference(servable, folder)},
        data=provenance.data,
        command=provenance.command,
        recipe=json.loads(json.dumps(provenance.recipe)),  # as it is read again: with lists for tuples
        metrics=provenance.metrics,
    )
    manifest.write(folder, facts)
    return facts


def write_reference(servable: Servable, folder: Path) -> str:
    """Computes the reference answers with torch and keeps them; returns the file's SHA-256."""
    contract = servable.contract
    return reference.write(
        folder,
        contract,
        {spec.name: tensor.numpy() for spec, tensor in zip(contract.inputs, servable.inputs, strict=True)},
        {spec.name: tensor.numpy() for spec, tensor in zip(contract.outputs, servable.answers(), strict=True)},
    )
