"""What setting up does before anything is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.tools.stack import bootstrap

LOCK = (
    "nvidia-nvtx==1 \\\n    --hash=a\n    # via torch\nnvidia-pytriton==2 \\\n    --hash=b\ntorch==3 \\\n    --hash=c\n"
)


def test_a_cpu_only_torch_comes_without_what_only_cuda_needs() -> None:
    rest, torch = bootstrap.without_torch(LOCK)
    assert torch == "torch==3"
    assert rest == "nvidia-pytriton==2 \\\n    --hash=b\n"


def test_the_lock_of_this_checkout_can_do_without_cuda() -> None:
    rest, torch = bootstrap.without_torch(bootstrap.LOCK.read_text())
    names = set(re.findall(r"^([a-z0-9-]+)==", rest, re.MULTILINE))
    assert torch.startswith("torch==")
    assert {"nvidia-pytriton", "transformers", "safetensors", "numpy"} <= names
    assert not {name for name in names if name.startswith(("nvidia-cu", "cuda-"))}


def test_every_line_of_the_lock_has_a_hash_and_none_an_address() -> None:
    text = bootstrap.LOCK.read_text()
    pins = re.findall(r"^([a-z0-9-]+==\S+)(.*?)(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(pins) > 100
    assert [pin for pin, rest in pins if "--hash=sha256:" not in rest] == []
    assert "://" not in text
    assert "--index" not in text


def test_a_step_that_is_done_is_not_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []
    plan = [("one", lambda: done.append("one"), "1"), ("two", lambda: done.append("two"), "2")]
    bootstrap.run_steps(plan, tmp_path)
    bootstrap.run_steps(plan, tmp_path)
    assert done == ["one", "two"]
    assert "[2/2] two: done" in capsys.readouterr().out


def test_a_step_that_failed_is_where_the_next_setup_goes_on(tmp_path: Path) -> None:
    done: list[str] = []

    def fail() -> None:
        raise bootstrap.SetupError("no network")

    with pytest.raises(bootstrap.SetupError):
        bootstrap.run_steps([("one", lambda: done.append("one"), "1"), ("two", fail, "2")], tmp_path)
    bootstrap.run_steps([("one", lambda: done.append("one"), "1"), ("two", lambda: done.append("two"), "2")], tmp_path)
    assert done == ["one", "two"]


def test_what_a_step_depends_on_changing_does_it_and_all_later_ones_again(tmp_path: Path) -> None:
    done: list[str] = []

    def plan(lock: str) -> list[bootstrap.SetupStep]:
        return [
            ("environment", lambda: done.append("environment"), "py"),
            ("lock", lambda: done.append("lock"), lock),
            ("parts", lambda: done.append("parts"), "parts"),
        ]

    bootstrap.run_steps(plan("old"), tmp_path)
    done.clear()
    bootstrap.run_steps(plan("new"), tmp_path)
    assert done == ["lock", "parts"]


def test_this_machine_has_what_is_needed() -> None:
    assert bootstrap.missing_parts() == ""


def test_the_build_of_torch_that_was_chosen_stays_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "TORCH", tmp_path / "torch")
    monkeypatch.delenv("ADLOOM_TORCH", raising=False)
    cuda = bootstrap.fingerprint()
    assert bootstrap.torch_build() == "cuda"
    (tmp_path / "torch").write_text("cpu")
    assert bootstrap.torch_build() == "cpu"
    assert bootstrap.fingerprint() != cuda
    monkeypatch.setenv("ADLOOM_TORCH", "cuda")
    assert bootstrap.fingerprint() == cuda


def test_a_build_of_torch_that_there_is_not_tears_nothing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("STATE", "STAMPS", "TORCH"):
        monkeypatch.setattr(bootstrap, name, tmp_path / name)
    monkeypatch.setenv("ADLOOM_TORCH", "gpu")
    assert bootstrap.main() == 1
    assert "ADLOOM_TORCH: 'gpu' where cuda or cpu was expected." in capsys.readouterr().out
    assert not (tmp_path / "STAMPS").exists()
    assert not (tmp_path / "TORCH").exists()
