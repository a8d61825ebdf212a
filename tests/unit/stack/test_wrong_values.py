"""What a person mistypes is answered with the option, the value and what was expected; no stack is needed for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import build
from services.common.errors import Misconfigured
from services.common.settings import read
from services.creative.settings import CreativeSettings
from services.events.settings import EventsSettings
from services.tools.stack.kafka.java import java
from services.wire.faust.app import WorkerSettings

EIGHT = "'1,1' where 8 numbers from -1 to 1 were expected"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("ask --consent maybe", "'maybe' where words of profile and personalise"),
        ("ask --context nonsense", "'nonsense' where KEY=VALUE of locale, device, page, query, utc_offset_minutes"),
        ("ask --context utc_offset_minutes=2h", "'utc_offset_minutes=2h' where whole minutes were expected"),
        ("ask --context colour=red", "'colour=red' where KEY=VALUE"),
        ("ask --context page=a --context page=b", "'page=b' where page was given before"),
        ("ask --context page=\udcff", r"'page=\udcff' where a VALUE of text was expected"),
        ("generate --product tee-breton --audience 1,1", EIGHT),
        ("generate --product tee-breton --audience 1,1,1,1,1,1,1,x", "1,x' where 8 numbers"),
        ("generate --product tee-breton --audience 1,1,1,1,1,1,1,9", "1,9' where 8 numbers"),
        ("report --wait -1", "'--wait': '-1'"),
        ("drill exactness --seed abc", "'--seed': 'abc'"),
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


@pytest.mark.parametrize("how", ["--short", "--without=fence"])
def test_a_drill_without_a_name_is_not_a_list_of_drills(how: str) -> None:
    done = CliRunner().invoke(build(), ["drill", how])
    assert isinstance(done.exception, Misconfigured)
    assert str(done.exception).startswith("a drill's name: nothing where one of exactness, faults, ")


def test_a_java_that_there_is_not_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADLOOM_JAVA", str(tmp_path / "java"))
    with pytest.raises(Misconfigured, match="ADLOOM_JAVA: .*java' where a program that can be run was expected"):
        java()


@pytest.mark.parametrize(
    ("settings", "variable", "text"),
    [
        (CreativeSettings, "ADLOOM_IN_FLIGHT", "0"),
        (CreativeSettings, "ADLOOM_JOURNAL_BYTES", "-1"),
        (EventsSettings, "ADLOOM_HEALTH_PORT", "65536"),
        (WorkerSettings, "ADLOOM_STUCK_S", "-1"),
        (WorkerSettings, "ADLOOM_SESSION_S", "1"),
    ],
)
def test_a_setting_that_would_bring_up_a_broken_stack_is_refused(settings: type, variable: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=f"{variable}: '{text}' where a .* number (of|from)"):
        read(settings, {variable: text})


def test_a_format_that_is_none_is_not_an_empty_list() -> None:
    done = CliRunner().invoke(build(), ["creatives", "--format", "banana"])
    assert str(done.exception) == "format: 'banana' where a size like \"300x250\" was expected"
