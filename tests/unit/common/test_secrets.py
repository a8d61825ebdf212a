"""Secrets are made once, for their owner only, and a broken file is one sentence without the secret in it."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from pathlib import Path
from threading import Barrier

import pytest

from services.common.errors import Misconfigured
from services.common.secrets import load_or_make, load_token_keys

FILES = ["pseudonym.json", "seeds.json", "tokens.json"]
GOOD = "ab" * 32
RACES, PROCESSES = 40, 3


def facts(folder: Path) -> tuple[str, str, bytes]:
    secrets = load_or_make(folder)
    return secrets.pseudonym_key.pseudonym("alice"), secrets.token_keys.secrets["1"].hex(), secrets.seed_key


def read_at_once(start: Barrier, folders: list[Path]) -> list[tuple[str, str, bytes]]:
    """The facts of each folder, read at the moment when every process is there."""
    found = []
    for folder in folders:
        start.wait(timeout=60)
        found.append(facts(folder))
    return found


def test_the_first_run_makes_files_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    load_or_make(folder)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_open_umask_does_not_open_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        load_or_make(tmp_path / "secrets")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()} == {0o600}


def test_a_second_run_reads_what_the_first_one_made(tmp_path: Path) -> None:
    assert facts(tmp_path) == facts(tmp_path)


def test_two_deployments_share_nothing(tmp_path: Path) -> None:
    assert not set(facts(tmp_path / "one")) & set(facts(tmp_path / "other"))


def test_processes_that_start_together_agree_on_one_set(tmp_path: Path) -> None:
    folders = [tmp_path / f"secrets-{number}" for number in range(RACES)]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(PROCESSES) as pool:
        start = manager.Barrier(PROCESSES)
        seen = pool.starmap(read_at_once, [(start, folders)] * PROCESSES, chunksize=1)
    assert [one for one in seen if one != seen[0]] == []
    assert {tuple(sorted(path.name for path in folder.iterdir())) for folder in folders} == {tuple(FILES)}


def test_a_rotated_key_signs_and_the_old_one_stays(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    path = tmp_path / "tokens.json"
    tokens = json.loads(path.read_text())
    path.write_text(json.dumps({"signing": "2", "secrets": {**tokens["secrets"], "2": GOOD}}))
    keys = load_token_keys(tmp_path)
    assert keys.signing == "2"
    assert {key_id: secret.hex() for key_id, secret in keys.secrets.items()} == {**tokens["secrets"], "2": GOOD}


BROKEN = [
    ("pseudonym.json", "{"),
    ("pseudonym.json", "[]"),
    ("pseudonym.json", "{}"),
    ("pseudonym.json", json.dumps({"key_id": 0, "secret": GOOD})),
    ("pseudonym.json", json.dumps({"key_id": 10_000, "secret": GOOD})),
    ("pseudonym.json", json.dumps({"key_id": 1, "secret": ""})),
    ("pseudonym.json", json.dumps({"key_id": 1, "secret": GOOD[:30]})),
    ("pseudonym.json", json.dumps({"key_id": 1, "secret": GOOD + "xy"})),
    ("pseudonym.json", json.dumps({"key_id": 1, "secret": 7})),
    ("seeds.json", json.dumps({"secret": None})),
    ("seeds.json", json.dumps({"secret": ""})),
    ("tokens.json", json.dumps({"signing": "1"})),
    ("tokens.json", json.dumps({"signing": "2", "secrets": {"1": GOOD}})),
    ("tokens.json", json.dumps({"signing": "1", "secrets": [GOOD]})),
    ("tokens.json", json.dumps({"signing": "1", "secrets": {"1": ""}})),
    ("tokens.json", json.dumps({"signing": "1", "secrets": {"1": GOOD, "0": "short"}})),
    ("tokens.json", ""),
]


@pytest.mark.parametrize(("name", "content"), BROKEN)
def test_a_broken_file_is_named_and_its_secret_is_not(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(Misconfigured, match=name) as said:
        load_or_make(tmp_path)
    assert GOOD[:20] not in str(said.value)


@pytest.mark.parametrize("content", [content for name, content in BROKEN if name == "tokens.json"])
def test_a_rotation_that_went_wrong_is_said_too(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokens.json").write_text(content)
    with pytest.raises(Misconfigured, match="tokens.json"):
        load_token_keys(tmp_path)


def test_a_mounted_folder_that_lacks_a_file_is_one_sentence(tmp_path: Path) -> None:
    # A Kubernetes secret is mounted read-only. Root may write anywhere, so a file stands where the folder should be.
    mounted = tmp_path / "secrets"
    mounted.write_text("not a folder")
    with pytest.raises(Misconfigured, match="secrets"):
        load_or_make(mounted)


def test_keys_are_not_shown_when_printed(tmp_path: Path) -> None:
    secrets = load_or_make(tmp_path)
    assert secrets.seed_key.hex() not in repr(secrets)
    assert repr(secrets.seed_key) not in repr(secrets)
    assert repr(secrets.pseudonym_key.secret) not in repr(secrets)
