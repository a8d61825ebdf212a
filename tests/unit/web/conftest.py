"""The real app on the fakes that ship with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.web.web_under_test import WebUnderTest


@pytest.fixture(scope="session")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as found:
        yield found


@pytest.fixture
def web(tmp_path: Path, threads: ThreadPoolExecutor) -> WebUnderTest:
    """The app, whose library has one picture."""
    return WebUnderTest(tmp_path, threads)
