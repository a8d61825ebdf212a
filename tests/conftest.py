"""What all tests share: real parts, started once a session, and the marks that folders stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir

PARTS = ("kafka", "redis", "triton", "topics")
WINDOW_S = 8  # of attribution, in the shared stack: whoever tests a window waits for its end
NOWHERE = "http://127.0.0.1:9"
PROXIES = tuple(
    name for kind in ("http", "https", "all", "grpc") for name in (f"{kind}_proxy", f"{kind}_proxy".upper())
)
_SLOW = {"integration": 600, "e2e": 600}  # beyond it a test hangs; a busy machine is slow, not wrong


def pytest_configure() -> None:
    """Channels that tests open by themselves work where somebody has proxies; ours are tried in `stack_environ`."""
    os.environ.update(no_grpc_proxy="127.0.0.1,localhost")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long bytes are named by their length: a compressed text holds the time, and each process would name it anew."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > 16 else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests under tests/integration and tests/e2e carry that mark, and longer limits where they state none.

    Those marked `drills` run only where `-m` names that mark (`make drills`).
    """
    if "drills" not in str(config.option.markexpr):
        left_out = [item for item in items if item.get_closest_marker("drills")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    for item in items:
        folders = set(item.path.parts)
        for mark, limit in _SLOW.items():
            if mark in folders:
                item.add_marker(getattr(pytest.mark, mark))
                if item.get_closest_marker("timeout") is None:
                    item.add_marker(pytest.mark.timeout(limit))


def stack_environ() -> dict[str, str]:
    """This environment without settings of a stack that the person at the keyboard may have, and with proxies that
    lead nowhere, for everything: our own parts are asked without one."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ADLOOM_")}
    kept = {name: value for name, value in ours.items() if not name.lower().endswith("_proxy")}
    return {**kept, **dict.fromkeys(PROXIES, NOWHERE)}


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Real Kafka (with the topics), Redis and Triton, and none of our processes."""
    state_dir = StateDir(tmp_path_factory.mktemp("parts")).make()
    with tied_stack(state_dir, stack_environ(), only=PARTS) as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole loop, every process the real one; tests share it, so each uses users of its own."""
    state_dir = StateDir(tmp_path_factory.mktemp("stack")).make()
    # Tests ask for formats of which they want the house creative, again and again.
    own = {"ADLOOM_ATTRIBUTION_WINDOW_S": str(WINDOW_S), "ADLOOM_ASKED_FORMATS": "0"}
    with tied_stack(state_dir, {**stack_environ(), **own}) as running:
        yield running


@pytest.fixture
def state_dir(tmp_path: Path) -> StateDir:
    """An empty home for a stack of a test's own."""
    return StateDir(tmp_path / "home").make()
