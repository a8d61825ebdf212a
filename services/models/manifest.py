"""What is known of a model's checked-in files: version, checksums, recipe and measured figures. Needs no torch."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from services.common.errors import Misconfigured
from services.common.whole_file import write_whole

REPOSITORY = Path(__file__).resolve().parents[2] / "model_repository"
WEIGHTS = "weights.safetensors"
REFERENCE = "reference.npz"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts of one version of a model, kept beside its weights."""

    model: str
    version: str  # `<model>-<first 12 hex digits of the weights' SHA-256>`, what decision records name
    sha256: dict[str, str]  # by file name
    data: str
    command: str
    recipe: dict[str, object] = field(default_factory=dict)
    metrics: dict[str, object] = field(default_factory=dict)


def folder_of(model: str, version: int = 1, repository: Path = REPOSITORY) -> Path:
    """Where Triton finds one version of a model."""
    return repository / model / str(version)


def write(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest into the model's version folder."""
    write_whole(folder / MANIFEST, json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n")


def read(folder: Path) -> Manifest:
    """The manifest of the model's version folder."""
    path = folder / MANIFEST
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as exc:
        raise Misconfigured(f"{path} is missing: train the model, or check the repository out again.") from exc


def served_version(model: str, repository: Path = REPOSITORY) -> str:
    """The version of a model's checked-in weights, as decision records name it."""
    return read(folder_of(model, repository=repository)).version


def version_of(model: str, weights_sha256: str) -> str:
    """
    >>> version_of("ctr", "0123456789abcdef0123")
    'ctr-0123456789ab'
    """
    return f"{model}-{weights_sha256[:12]}"


def sha256_of(path: Path) -> str:
    """Hex digits of a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, expected: str) -> None:
    """Raises Misconfigured unless the file has the expected SHA-256."""
    found = sha256_of(path)
    if found != expected:
        raise Misconfigured(f"{path} has SHA-256 {found[:12]}..., but its manifest says {expected[:12]}...")
