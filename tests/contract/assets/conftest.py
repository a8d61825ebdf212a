"""A shop that sells the demo's goods, and its library in memory, as several processes share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.assets.creative_sink import CreativeSink
from services.assets.library import Library
from services.assets.memory_library import memory_creatives, memory_library
from services.catalogue.catalogue import demo_catalogue
from services.cli import own_library
from services.common.clock import Clock, SystemClock
from tests.demo_shop import DemoShop


@dataclass(frozen=True)
class Deployment:
    """What processes share."""

    assets: Path
    creatives: CreativeSink
    clock: Clock

    def library(self) -> Library:
        """The library as one process opens it."""
        return memory_library(self.assets, demo_catalogue().index.__contains__, self.clock, self.creatives)


@pytest.fixture
def clock() -> Clock:
    """Tests that need another one override it."""
    return SystemClock()


@pytest.fixture
def deployment(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """One that the commands find where they look for the running stack's."""
    made = Deployment(tmp_path / "data" / "assets", memory_creatives(clock), clock)
    found: Callable[..., object] = lambda *_: (made.library(), DemoShop())  # noqa: E731
    monkeypatch.setattr(own_library, "parts_of", found)
    return made


@pytest.fixture
def library(deployment: Deployment) -> Library:
    """The library of one process."""
    return deployment.library()
