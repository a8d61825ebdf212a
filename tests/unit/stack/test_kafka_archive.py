"""Kafka's classes come from an archive where Java takes it, and from the jars everywhere else."""

from __future__ import annotations

import pytest

from services.tools.stack.kafka.archive import is_taken
from services.tools.stack.kafka.java import ARCHIVE, archived


def test_the_archive_that_setup_made_is_one_that_java_takes() -> None:
    if not ARCHIVE.exists():
        pytest.skip("setup said why there is no archive")
    assert is_taken()


def test_another_java_is_not_told_of_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADLOOM_JAVA", "/somewhere/bin/java")
    assert archived() == ()
