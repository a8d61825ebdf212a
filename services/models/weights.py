"""Weights as safetensors files whose checksum is verified before they are used."""

from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import nn

from services.models import manifest
from services.runtime.whole_file import write_whole


def save(network: nn.Module, folder: Path) -> str:
    """Writes the network's weights and buffers, contiguous and in their own types; returns the file's SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().contiguous() for name, tensor in network.state_dict().items()}
    write_whole(folder / manifest.WEIGHTS, to_bytes(tensors))  # for all to read: servers run as other users
    return manifest.sha256_of(folder / manifest.WEIGHTS)


def shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the weights of a version folder, by name; raises Misconfigured as `load_into` does."""
    path = folder / manifest.WEIGHTS
    manifest.verify(path, manifest.read(folder).sha256[manifest.WEIGHTS])
    with safe_open(path, framework="pt") as file:
        return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no mapping


def load_into(network: nn.Module, folder: Path) -> None:
    """Fills the network with the weights of a version folder and makes it ready to serve.

    Raises Misconfigured if the file is not the one that the manifest names.
    """
    path = folder / manifest.WEIGHTS
    manifest.verify(path, manifest.read(folder).sha256[manifest.WEIGHTS])
    network.load_state_dict(load_file(path))
    network.eval().requires_grad_(False)
