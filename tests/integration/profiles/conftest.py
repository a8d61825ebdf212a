"""These tests need Kafka and Redis, and run workers of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from tests.conftest import stack_environ


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Real Kafka with empty topics, and a real Redis; a stack for each test, because tests kill what is in it."""
    state_dir = StateDir(tmp_path_factory.mktemp("shop")).make()
    with tied_stack(state_dir, stack_environ(), only=("kafka", "redis", "topics")) as running:
        yield running
