"""Token keys follow their file; a broken file does not take them away."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest

from services.common.clock import from_ms
from services.common.errors import Misconfigured
from services.common.key_file import KeyFile
from services.common.secrets import TOKENS as FILE
from services.common.secrets import rotate_token_keys
from services.common.token import Token

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


def test_a_new_key_is_known_before_it_signs_and_the_old_one_verifies_on(tmp_path: Path) -> None:
    verifier = KeyFile(tmp_path, count().__next__)
    old = verifier.keys()
    now_ms = 1_700_000_000_000
    rotated = rotate_token_keys(tmp_path, now_ms + 10_000, now_ms)
    before, after = token(now_ms + 9_999), token(now_ms + 10_000)
    assert rotated.sign(before) == old.sign(before)
    assert rotated.sign(after) != old.sign(after)
    for shown in (before, after):
        assert verifier.keys().verify(rotated.sign(shown), from_ms(now_ms + 20_000)) == shown
    with pytest.raises(Misconfigured, match="key 2 begins to sign in 5 s"):
        rotate_token_keys(tmp_path, now_ms + 20_000, now_ms + 5_000)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_key_goes_when_the_last_token_that_it_signed_has_expired(tmp_path: Path) -> None:
    day_ms = 24 * 60 * 60 * 1000
    rotate_token_keys(tmp_path, 10_000, 0)
    assert sorted(rotate_token_keys(tmp_path, day_ms, day_ms - 1).secrets) == ["1", "2", "3"]
    assert sorted(rotate_token_keys(tmp_path, 2 * day_ms, 2 * day_ms - 1).secrets) == ["2", "3", "4"]


def token(shown_at_ms: int) -> Token:
    return Token("i-1", "u1-" + "0" * 32, "c", "p", 0.5, "front", 0, shown_at_ms)
