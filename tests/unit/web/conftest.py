"""The real app on the fakes that ship with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.web.door import Door


@pytest.fixture(scope="session")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as found:
        yield found


@pytest.fixture
def door(tmp_path: Path, threads: ThreadPoolExecutor) -> Door:
    """A door whose library has one picture."""
    return Door(tmp_path, threads)
