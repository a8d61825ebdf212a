"""A shop that sells the demo's goods, and its library in memory, as several processes share it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest import MonkeyPatch

from services.assets.creative_sink import CreativeSink
from services.assets.library import Library
from services.assets.memory_library import memory_creatives
from services.assets.pictures.picture_store import pictures_in
from services.catalogue.catalogue import demo_catalogue
from services.cli import own_library
from services.common.clock import Clock, SystemClock
from services.tools.stack.state_dir import StateDir
from tests.demo_shop import DemoShop
from tests.s3_server import S3Server, s3_server


@dataclass(frozen=True)
class Deployment:
    """What processes share."""

    assets: Path
    creatives: CreativeSink
    clock: Clock

    def library(self, *, four_eyes: bool = False) -> Library:
        """The library as one process opens it."""
        knows = demo_catalogue().index.__contains__
        library = Library(self.creatives, pictures_in(self.assets), knows, self.clock, four_eyes=four_eyes)
        library.keep_house()
        return library


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A real server of S3's protocol, which our clients find, and its bucket `ads`."""
    with s3_server() as server, pytest.MonkeyPatch.context() as env:
        env.setenv("AWS_ENDPOINT_URL", server.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            env.setenv(name, "test")
        server.make_bucket("ads")
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """The URL of a place of its own in a bucket."""
    return f"s3://ads/{uuid.uuid4().hex}"


@pytest.fixture
def clock() -> Clock:
    """Tests that need another one override it."""
    return SystemClock()


@pytest.fixture
def deployment(tmp_path: Path, clock: Clock, monkeypatch: MonkeyPatch) -> Deployment:
    """One that the commands find where they look for the running stack's."""
    made = Deployment(tmp_path / "data" / "assets", memory_creatives(clock), clock)

    def found(state_dir: StateDir, environ: Mapping[str, str]) -> tuple[Library, DemoShop]:
        return made.library(four_eyes=own_library.four_eyes_of(state_dir, environ)), DemoShop()

    monkeypatch.setattr(own_library, "parts_of", found)
    return made


@pytest.fixture
def library(deployment: Deployment) -> Library:
    """The library of one process."""
    return deployment.library()
