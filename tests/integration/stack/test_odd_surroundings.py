"""Real parts in a folder of many odd letters, started from a shell that says much to other programs."""

from __future__ import annotations

from pathlib import Path

from services.stack.home import Home
from services.stack.session import tied_stack
from tests.conftest import PARTS, stack_environ

ODD = "a b,é'\"$HOME:%41;#&\\n\n(x)"
SHELL = {
    "LC_ALL": "tr_TR.UTF-8",
    "_JAVA_OPTIONS": "-Duser.language=tr -Djava.io.tmpdir=/nowhere",
    "PYTHONHOME": "/nowhere",
    "PYTHONOPTIMIZE": "1",
    "TMPDIR": "/nowhere",
}


def test_kafka_redis_and_triton_come_up_and_nothing_lands_outside_their_folder(tmp_path: Path) -> None:
    home = Home(tmp_path / ODD).make()
    with tied_stack(home, {**stack_environ(), **SHELL}, only=PARTS) as stack:
        assert all(entry["ready"] for entry in stack.status()["processes"].values())
    assert (home.data("kafka") / "log" / "ad.views-0").is_dir()
    assert list((home.data("redis")).glob("*.aof"))
    assert list(tmp_path.iterdir()) == [home.folder]
