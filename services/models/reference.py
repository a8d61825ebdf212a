"""Reference answers: inputs, and the outputs that torch computed for them at export. Needs no torch to read or compare.

With them a process without torch checks at every start that the server computes what was trained.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Bug
from services.models import manifest
from services.models.tensors import ModelContract
from services.runtime.whole_file import write_whole

Arrays = Mapping[str, NDArray[Any]]


def write(folder: Path, contract: ModelContract, inputs: Arrays, outputs: Arrays) -> str:
    """Writes the reference answers of a model beside its weights; returns the file's SHA-256."""
    path = folder / manifest.REFERENCE
    for spec in contract.inputs + contract.outputs:
        array = {**inputs, **outputs}[spec.name]
        if array.dtype != spec.numpy_dtype or array.shape[1:] != spec.shape:
            wanted = f"{spec.dtype} (rows, {spec.shape})"
            raise Bug(f"{contract.name}: {spec.name} is {array.dtype} {array.shape}, its contract says {wanted}")
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **inputs, **outputs)
    write_whole(path, content.getvalue())
    return manifest.sha256_of(path)


def arrays(folder: Path) -> Arrays:
    """All arrays of the file, of whatever contract it is."""
    with np.load(folder / manifest.REFERENCE, allow_pickle=False) as file:
        return dict(file)


def read(folder: Path, contract: ModelContract) -> tuple[Arrays, Arrays]:
    """Inputs and expected outputs by tensor name; raises `Misconfigured` where the checksum is not the manifest's."""
    path = folder / manifest.REFERENCE
    manifest.verify(path, manifest.read(folder).sha256[manifest.REFERENCE])
    with np.load(path, allow_pickle=False) as file:
        return (
            {spec.name: file[spec.name] for spec in contract.inputs},
            {spec.name: file[spec.name] for spec in contract.outputs},
        )


def largest_difference(expected: Arrays, found: Arrays) -> float:
    """The largest absolute difference of any output; infinite where a shape differs or a value is not finite.

    >>> largest_difference({"y": np.array([1.0, 2.0])}, {"y": np.array([1.0, 2.5])})
    0.5
    """
    worst = 0.0
    for name, wanted in expected.items():
        given = found[name]
        if given.shape != wanted.shape or not np.isfinite(given).all():
            return float("inf")
        worst = max(worst, float(np.abs(given - wanted).max()))
    return worst
