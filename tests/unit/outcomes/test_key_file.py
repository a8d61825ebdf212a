"""Token keys follow their file; a broken file does not take them away."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.outcomes.key_file import FILE, KeyFile

SECRET = "ab" * 32


def write(folder: Path, text: str, second: int) -> None:
    (folder / FILE).write_text(text)
    os.utime(folder / FILE, (second, second))


def test_a_rotation_is_followed_without_restart(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"signing": "1", "secrets": {"1": SECRET}}), 1)
    file = KeyFile(tmp_path, count().__next__)
    assert file.keys().signing == "1"
    write(tmp_path, json.dumps({"signing": "2", "secrets": {"1": SECRET, "2": SECRET}}), 2)
    assert (file.keys().signing, set(file.keys().secrets)) == ("2", {"1", "2"})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"signing": "3", "secrets": {}}'])
def test_a_broken_file_changes_nothing_while_running_and_stops_a_start(tmp_path: Path, text: str) -> None:
    write(tmp_path, json.dumps({"signing": "1", "secrets": {"1": SECRET}}), 1)
    file = KeyFile(tmp_path, count().__next__)
    write(tmp_path, text, 2)
    assert file.keys().signing == "1"
    with pytest.raises(Misconfigured):
        KeyFile(tmp_path, count().__next__)


def test_a_file_that_is_away_for_a_moment_is_not_made_anew(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"signing": "1", "secrets": {"1": SECRET}}), 1)
    file = KeyFile(tmp_path, count().__next__)
    (tmp_path / FILE).unlink()
    assert file.keys().signing == "1"
    assert not (tmp_path / FILE).exists()
