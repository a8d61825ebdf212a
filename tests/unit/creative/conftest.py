"""A library with the demo in it, and the fakes of one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.assets.catalogue import demo_catalogue
from services.assets.demo import load_demo
from services.assets.library import Library
from services.common.clock import SystemClock
from tests.unit.creative.house import House


@pytest.fixture(scope="session")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the demo in it; tests that add to it copy it."""
    folder = tmp_path_factory.mktemp("assets")
    library = Library(folder, demo_catalogue(), SystemClock())
    load_demo(library, demo_catalogue())
    library.close()
    return folder


@pytest.fixture
def house(assets: Path, tmp_path: Path) -> House:
    """Fakes of one test."""
    return House(assets, tmp_path / "data")
