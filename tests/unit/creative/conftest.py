"""A library with the demo in it, and the fakes of one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.creative.house import Assets, House, with_demo


@pytest.fixture(scope="session")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """A library with the demo in it; tests that add to it copy it."""
    return with_demo(tmp_path_factory.mktemp("assets"))


@pytest.fixture
def house(assets: Assets, tmp_path: Path) -> House:
    """Fakes of one test."""
    return House(assets, tmp_path / "data")
