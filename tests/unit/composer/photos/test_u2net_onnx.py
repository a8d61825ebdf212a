"""U2-Net-p, as installed, finds what a photo shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.composer.photos import u2net_onnx
from services.composer.photos.prepare import prepared
from tests.unit.composer.photos.scenes import jug, on, plain, saved


def test_the_model_finds_the_jug() -> None:
    cut_out = u2net_onnx.installed()
    assert not cut_out.missing
    mask = cut_out.mask(on(plain((90, 120, 110))))
    true = np.asarray(jug().resize((320, 320)), dtype=np.float32) / 255 > 0.5
    found = mask > 0.5
    assert (found & true).sum() / (found | true).sum() > 0.9
    assert prepared(saved(on(plain((90, 120, 110)))), cut_out).kind == "cut_out"


def test_other_weights_are_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rembg").mkdir()
    (tmp_path / "rembg/__init__.py").write_text("raise ImportError")  # it is found, and never imported
    (tmp_path / "rembg/u2netp.onnx").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    assert u2net_onnx.installed().missing == "u2netp.onnx is not the file that was tried"
