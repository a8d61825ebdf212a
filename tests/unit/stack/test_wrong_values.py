"""What a person mistypes is answered with the option, the value and what was expected; no stack is needed for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.common.errors import Misconfigured
from services.stack.cli import build

EIGHT = "'1,1' where 8 numbers from -1 to 1 were expected"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("ask --context nonsense", "'nonsense' where KEY=VALUE of locale, device, page, query was expected"),
        ("ask --context colour=red", "'colour=red' where KEY=VALUE"),
        ("generate --product tee-breton --audience 1,1", EIGHT),
        ("generate --product tee-breton --audience 1,1,1,1,1,1,1,x", "1,x' where 8 numbers"),
        ("generate --product tee-breton --audience 1,1,1,1,1,1,1,9", "1,9' where 8 numbers"),
        ("report --wait -1", "'--wait'"),
    ],
)
def test_a_wrong_value_is_named(words: str, told: str) -> None:
    done = CliRunner().invoke(build(), words.split(), env={"COLUMNS": "300", "TERM": "dumb"})
    assert done.exit_code == 2
    assert told in done.output


@pytest.mark.parametrize("how", [["up"], ["up", "--detach"]])
def test_a_process_that_there_is_not_is_not_brought_up(tmp_path: Path, how: list[str]) -> None:
    done = CliRunner().invoke(build(), [*how, "--only", "kafak"], env={"ADLOOM_HOME": str(tmp_path)})
    assert isinstance(done.exception, Misconfigured)
    assert str(done.exception).startswith("no process is called kafak; there are kafka-storage, kafka, redis")


def test_a_format_that_is_none_is_not_an_empty_list() -> None:
    done = CliRunner().invoke(build(), ["creatives", "--format", "banana"])
    assert str(done.exception) == "format: 'banana' where a size like \"300x250\" was expected"
