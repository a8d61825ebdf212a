"""These tests need Redis and Kafka and nothing else of the stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from tests.conftest import stack_environ


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A real Redis, and a real Kafka with the topics."""
    state_dir = StateDir(tmp_path_factory.mktemp("campaigns")).make()
    with tied_stack(state_dir, stack_environ(), only=("redis", "kafka", "topics")) as running:
        yield running
