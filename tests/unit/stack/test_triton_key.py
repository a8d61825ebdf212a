"""Triton's key is seen by whoever can list processes, so it is worth nothing beyond one start of the stack."""

from __future__ import annotations

import os
from pathlib import Path

from services.tools.stack import table
from services.tools.stack.program import Program
from services.tools.stack.state_dir import StateDir
from services.tools.stack.triton import server as triton_server


def triton(state_dir: StateDir) -> Program:
    addresses = table.addresses_of(state_dir, os.environ)
    return triton_server.program(state_dir, addresses, dict(os.environ))


def key_of(program: Program) -> str:
    (option,) = [word for word in program.command if word.startswith("--grpc-restricted-protocol=")]
    return option.partition("adloom-key=")[2]


def test_every_start_has_a_key_of_its_own_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    state_dir = StateDir(tmp_path / "home").make()
    keys = []
    for program in (triton(state_dir), triton(state_dir)):
        program.prepare()
        file = triton_server.key_file(state_dir)
        assert file.read_text() == key_of(program)
        assert file.stat().st_mode & 0o777 == 0o600
        keys.append(key_of(program))
    assert len(keys[0]) == 32
    assert keys[0] != keys[1]


def test_a_second_start_that_comes_to_nothing_leaves_the_running_ones_key(tmp_path: Path) -> None:
    state_dir = StateDir(tmp_path / "home").make()
    running = triton(state_dir)
    running.prepare()
    triton(state_dir)
    assert triton_server.key_file(state_dir).read_text() == key_of(running)
