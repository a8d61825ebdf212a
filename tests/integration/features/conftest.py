"""These tests need Redis and nothing else of the stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from tests.conftest import stack_environ


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A real Redis."""
    state_dir = StateDir(tmp_path_factory.mktemp("redis")).make()
    with tied_stack(state_dir, stack_environ(), only=("redis",)) as running:
        yield running
