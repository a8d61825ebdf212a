"""Real parts in a folder of many odd letters, started from a shell that says much to other programs."""

from __future__ import annotations

from pathlib import Path

from services.tools.stack.session import tied_stack
from services.tools.stack.state_dir import StateDir
from tests.conftest import PARTS

ODD = "a b,é'\"$HOME:%41;#&\\n\n(x)"
SHELL = {
    "LC_ALL": "tr_TR.UTF-8",
    "_JAVA_OPTIONS": "-Duser.language=tr -Djava.io.tmpdir=/nowhere",
    "PYTHONHOME": "/nowhere",
    "PYTHONOPTIMIZE": "1",
    "TMPDIR": "/nowhere",
}


def test_kafka_redis_and_triton_come_up_and_nothing_lands_outside_their_folder(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    state_dir = StateDir(tmp_path / ODD).make()
    with tied_stack(state_dir, {**environ, **SHELL}, only=PARTS) as stack:
        assert all(entry["ready"] for entry in stack.status()["processes"].values())
    assert (state_dir.data("kafka") / "log" / "ad.views-0").is_dir()
    assert list((state_dir.data("redis")).glob("*.aof"))
    assert list(tmp_path.iterdir()) == [state_dir.folder]
