"""The fuzzer finds crashes and stalls, is reproducible by its seed, and keeps the bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from services.tools.drills.fuzzing.case import Case, pack, unpack
from services.tools.drills.fuzzing.judge import Judge, read_current
from services.tools.drills.fuzzing.mutate import mutated
from services.tools.drills.fuzzing.mutate_json import break_json
from services.tools.drills.fuzzing.mutate_protobuf import break_protobuf, varint
from services.tools.drills.fuzzing.target import Shape, Target

SEEDS = ((b'{"name":"alice","age":7}', b"\x0a\x05alice\x10\x07", b"text"),)
SHAPES = (Shape.JSON, Shape.PROTOBUF, Shape.TEXT)


def target(enter: Callable[[Case], str] = lambda case: "taken") -> Target:
    return Target("a target", enter, SEEDS, SHAPES, (b"name",), 10_000)


def fall(case: Case) -> str:
    raise KeyError(case[0])


def test_a_crash_is_kept_with_the_shortest_input_that_leads_to_it(tmp_path: Path) -> None:
    judge = Judge(target(fall), tmp_path / "current")
    for length in (30, 3, 20):
        judge.look((b"x" * length,))
    (((kind, _), found),) = judge.findings.items()
    assert (kind, found.case) == ("crash", (b"xxx",))
    assert "KeyError" in found.where


def test_a_stall_is_measured_by_processor_time(tmp_path: Path) -> None:
    def stall(case: Case) -> str:
        until = time.process_time() + 1.1
        while time.process_time() < until:
            pass
        return "taken"

    judge = Judge(target(stall), tmp_path / "current")
    judge.look((b"x",))
    assert [found.kind for found in judge.findings.values()] == ["stall"]


def test_waiting_is_no_stall(tmp_path: Path) -> None:
    judge = Judge(target(lambda case: time.sleep(1.1) or "taken"), tmp_path / "current")  # type: ignore[func-returns-value]
    judge.look((b"x",))
    assert not judge.findings


def test_the_current_input_can_be_read_after_the_process_has_ended(tmp_path: Path) -> None:
    Judge(target(), tmp_path / "current").look((b"last", b"words"))
    assert unpack(read_current(tmp_path / "current")) == (b"last", b"words")


def test_the_same_seed_gives_the_same_mutations_within_the_limits() -> None:
    def some(seed: int) -> list[Case]:
        chance = Random(seed)
        return [mutated(SEEDS[0], target(), chance) for _ in range(300)]

    assert some(1) == some(1) != some(2)
    assert all(len(part) <= 10_000 for case in some(1) for part in case)
    assert len({pack(case) for case in some(1)}) > 200


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff" * 9, pack((b"a", b"")), b"\0\0\0\1"])
def test_any_bytes_can_be_unpacked_as_a_case(data: bytes) -> None:
    assert all(isinstance(part, bytes) for part in unpack(data))


def test_mutating_a_large_input_does_not_make_it_many_times_larger() -> None:
    text, bytes_field = b'{"name":{"inner":"' + b"x" * 60_000 + b'"}}', b"\x0a" + varint(60_000) + b"\xff" * 60_000
    for seed in range(120):
        assert len(break_json(text, (b"name",), Random(seed))) < 8 << 20
        assert len(break_protobuf(bytes_field, (b"name",), Random(seed))) < 8 << 20
