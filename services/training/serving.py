"""Puts a click model of the deployment's own log into a model repository that Triton can serve.

The repository is the shipped one by links, but for the click model's weights, which are copied: so it follows an
upgrade of everything else, and a click model of other features is refused here instead of failing there.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured
from services.features.vector import FEATURE_VERSION
from services.models import manifest
from services.models.tensors import CTR
from services.models.text_encoder.axes import served_axes

_OWN: Final = (manifest.WEIGHTS, manifest.REFERENCE)  # and the manifest, which is written last


def put_into_service(trained: Path, into: Path, *, regardless: bool = False) -> manifest.Manifest:
    """Makes the repository `into` serve the weights in the version folder `trained`; the same call again repairs it.

    Raises `Misconfigured` where files are missing or changed, where the model is of other features than are served
    now, or where it was not measured to be better than the shipped one, unless it is to be served `regardless`.
    """
    facts = manifest.read(trained)
    for name in _OWN:
        manifest.verify(trained / name, facts.sha256[name])
    if facts.recipe.get("feature_version") != FEATURE_VERSION:
        has = facts.recipe.get("feature_version")
        raise Misconfigured(f"{facts.version} is of {has}, but {FEATURE_VERSION} is served: train it again.")
    encoder = served_axes().encoder
    if (reads := facts.recipe.get("text_encoder", encoder)) != encoder:
        raise Misconfigured(f"{facts.version} reads text vectors of {reads}, but {encoder} is served: train it again.")
    verdict = facts.metrics.get("verdict", "not measured")
    if verdict != "better" and not regardless:
        raise Misconfigured(
            f"{facts.version} against the shipped weights: {verdict}. Only a better model is put into service, "
            "unless --regardless is said."
        )
    _lay_out(trained, into, facts)
    return facts


def _lay_out(trained: Path, into: Path, facts: manifest.Manifest) -> None:
    folder = manifest.folder_of(CTR.name, repository=into)
    folder.mkdir(parents=True, exist_ok=True)
    for config in manifest.REPOSITORY.glob("*/config.pbtxt"):
        if config.parent.name != CTR.name:
            _link(into / config.parent.name, config.parent)
    shipped = manifest.folder_of(CTR.name)
    _link(into / CTR.name / "config.pbtxt", shipped.parent / "config.pbtxt")
    _link(folder / "model.py", shipped / "model.py")
    (folder / manifest.MANIFEST).unlink(missing_ok=True)  # until all is there, a server finds no model and says so
    for name in _OWN:
        shutil.copyfile(trained / name, folder / name)
    manifest.write(folder, facts)


def _link(path: Path, to: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(to)
