"""A stack keeps its pictures in its folder, or in the object store whose URL it is given; commands ask the stack."""

from __future__ import annotations

import json
import os

import pytest

from services.common.errors import Misconfigured
from services.tools.stack import main, table
from services.tools.stack.pictures_place import place_of
from services.tools.stack.state_dir import StateDir

STORE = "file:///srv/ads"


def test_every_process_of_a_stack_is_told_the_url_and_commands_ask_the_stack(state_dir: StateDir) -> None:
    supervisor = main.build(state_dir, {**os.environ, "ADLOOM_ASSETS_DIR": STORE}, frozenset())
    told = {runner.program.environment.get("ADLOOM_ASSETS_DIR") for runner in supervisor.runners.values()}
    assert told == {STORE}
    assert place_of(state_dir, {}) == str(state_dir.assets)  # no stack ran yet
    state_dir.state.write_text(json.dumps(supervisor.facts()))
    assert place_of(state_dir, {}) == STORE


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("memory://ads", "'memory://ads' where a store that several processes share was expected"),
        ("gs://ads", "gcsfs"),
        ("zork://ads", "zork"),
        ("file://ads/pictures", "where a folder like 'file:///srv/pictures' was expected"),
    ],
)
def test_a_store_that_the_stack_cannot_use_is_refused_in_one_sentence(state_dir: StateDir, url: str, why: str) -> None:
    environ = {**os.environ, "ADLOOM_ASSETS_DIR": url}
    with pytest.raises(Misconfigured, match="^ADLOOM_ASSETS_DIR: ") as refused:
        table.programs(state_dir, table.addresses_of(state_dir, environ), environ, frozenset())
    assert why in str(refused.value) and "\n" not in str(refused.value)
