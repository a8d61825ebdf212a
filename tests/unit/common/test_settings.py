"""Settings are read once from ADLOOM_* variables; what is wrong is said with the variable's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import pytest

from services.common.errors import Misconfigured
from services.common.settings import Port, Within, read, shown


@dataclass(frozen=True, slots=True)
class Example:
    """One field of every type that a process may use."""

    kafka: str
    workers: int = 2
    window_s: float = 1800.0
    in_memory: bool = False
    data_dir: Path = Path("data")
    redis: str | None = None
    limit: int | None = None
    names: list[str] = field(default_factory=list)
    port: Port = 0
    share: Annotated[float, Within(0, 0.5)] | None = None


def test_what_is_not_set_has_its_default() -> None:
    assert read(Example, {"ADLOOM_KAFKA": "broker:9092"}) == Example("broker:9092")


def test_every_type_is_read_from_its_variable() -> None:
    environ = {
        "ADLOOM_KAFKA": "broker:9092",
        "ADLOOM_WORKERS": "7",
        "ADLOOM_WINDOW_S": "1.5",
        "ADLOOM_IN_MEMORY": "yes",
        "ADLOOM_DATA_DIR": "/var/lib/adloom",
        "ADLOOM_REDIS": "redis:6379",
        "ADLOOM_LIMIT": "3",
        "HOME": "/root",
    }
    assert read(Example, environ) == Example("broker:9092", 7, 1.5, True, Path("/var/lib/adloom"), "redis:6379", 3)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read(Example, {"ADLOOM_KAFKA": "broker:9092", "ADLOOM_WORKERS": ""}).workers == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("TRUE", True), ("on", True), ("Yes", True), ("0", False), ("false", False), ("Off", False)],
)
def test_a_boolean_has_its_usual_spellings(text: str, value: bool) -> None:
    assert read(Example, {"ADLOOM_KAFKA": "b", "ADLOOM_IN_MEMORY": text}).in_memory is value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ADLOOM_WORKERS", "seven"),
        ("ADLOOM_WORKERS", "1.5"),
        ("ADLOOM_WINDOW_S", "half an hour"),
        ("ADLOOM_WINDOW_S", "nan"),
        ("ADLOOM_WINDOW_S", "inf"),
        ("ADLOOM_IN_MEMORY", "maybe"),
        ("ADLOOM_LIMIT", "none"),
        ("ADLOOM_PORT", "65536"),
        ("ADLOOM_PORT", "-1"),
        ("ADLOOM_SHARE", "0.6"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(variable: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=f"{variable}.*{text}"):
        read(Example, {"ADLOOM_KAFKA": "b", variable: text})


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("ADLOOM_WORKERS", "a whole number"),
        ("ADLOOM_WINDOW_S", "a finite number"),
        ("ADLOOM_IN_MEMORY", "1, true, yes, on or 0, false, no, off"),
        ("ADLOOM_PORT", "a whole number from 0 to 65535"),
        ("ADLOOM_SHARE", "a finite number from 0 to 0.5"),
    ],
)
def test_what_was_expected_is_said_in_words(variable: str, expected: str) -> None:
    with pytest.raises(Misconfigured) as wrong:
        read(Example, {"ADLOOM_KAFKA": "b", variable: "x"})
    assert str(wrong.value) == f"{variable}: 'x' where {expected} was expected"


def test_a_range_includes_its_ends() -> None:
    assert read(Example, {"ADLOOM_KAFKA": "b", "ADLOOM_PORT": "65535", "ADLOOM_SHARE": "0.5"}).port == 65535


def test_a_missing_value_without_default_is_named() -> None:
    with pytest.raises(Misconfigured, match="ADLOOM_KAFKA is not set"):
        read(Example, {})


def test_a_field_type_that_cannot_be_read_is_named() -> None:
    with pytest.raises(Misconfigured, match="ADLOOM_NAMES"):
        read(Example, {"ADLOOM_KAFKA": "b", "ADLOOM_NAMES": "a,b"})


@dataclass(frozen=True, slots=True)
class Confidential:
    """Fields that hold secrets, and some that only point at them."""

    kafka: str = "broker:9092"
    api_key: str = "very-hidden"
    redis_password: str = "very-hidden"
    console_token: str = "very-hidden"
    shared_secret: str = ""
    redis: str = "redis:6379,password=very-hidden,ssl=true"
    store: str = "redis://reader:very-hidden@redis:6379/0"
    triton_key_file: Path = Path("/etc/adloom/triton.key")


def test_secrets_are_masked_and_the_rest_is_shown() -> None:
    line = shown(Confidential())
    assert "very-hidden" not in line
    assert line == (
        "Confidential(kafka=broker:9092, api_key=***, redis_password=***, console_token=***, shared_secret=, "
        "redis=redis:6379,password=***,ssl=true, store=redis://reader:***@redis:6379/0, "
        "triton_key_file=/etc/adloom/triton.key)"
    )
