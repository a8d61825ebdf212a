"""Feast, imported once and lightly; nothing else in the serving processes imports it before this.

Three things are kept out while its modules load. It imports torch wherever torch is installed (800 MB and seconds, for
functions that we do not call); it re-parses its own sources to check types at run time (half of its import time); and
it brings the servers that it can be and a registry in SQL, with all of FastAPI, uvicorn and SQLAlchemy. With all of it
away it takes 1.4 s of processor time instead of 5.4 s without torch and 7 s with it, and a worker that was killed is
back so much sooner. It has no telemetry in this version; a test looks for one.
"""

from __future__ import annotations

import string
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import starlette.concurrency
import starlette.status
import typeguard
import yaml


def _as_it_is(target: Any = None, **options: Any) -> Any:
    """Stands in for `typeguard.typechecked`."""
    return target if target is not None else lambda again: again


def _module(name: str, **members: object) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


_STAND_INS: dict[str, ModuleType | None] = {
    "torch": None,  # "there is none", by the import system's own rule
    "fastapi": _module("fastapi", status=starlette.status),  # what feast's core takes of it comes from starlette
    "fastapi.concurrency": _module("fastapi.concurrency", run_in_threadpool=starlette.concurrency.run_in_threadpool),
    "feast.feature_server": _module("feast.feature_server"),
    "feast.ui_server": _module("feast.ui_server"),
    "feast.infra.registry.sql": _module("feast.infra.registry.sql", SqlRegistry=None),
}


@contextmanager
def _light() -> Iterator[None]:
    """Stand-ins for what is not loaded already, and no checks of types; afterwards everything is as it was."""
    checked: Callable[..., Any] = typeguard.typechecked
    typeguard.typechecked = _as_it_is
    standing_in = {name: module for name, module in _STAND_INS.items() if name not in sys.modules}
    sys.modules.update(standing_in)  # type: ignore[arg-type]  # for None see above
    try:
        yield
    finally:
        typeguard.typechecked = checked
        for name in standing_in:
            del sys.modules[name]


with _light(), warnings.catch_warnings():  # feast would show everybody's deprecation warnings from here on
    import feast
    from feast.infra.provider import Provider, get_provider
    from feast.protos.feast.types.EntityKey_pb2 import EntityKey
    from feast.protos.feast.types.Value_pb2 import Value

    from services.features import feast_definitions as definitions
    from services.features.feast_no_history import TYPE as NO_HISTORY

_SETTINGS = Path(__file__).resolve().parents[2] / "feature_repo" / "feature_store.yaml"


def repo_config(redis: str, home: Path = Path(".adloom")) -> feast.RepoConfig:
    """Feast's settings of `feature_repo/feature_store.yaml` for this Redis ("host:port") and state folder."""
    return feast.RepoConfig(**_settings(redis, home))


def online_config(redis: str) -> feast.RepoConfig:
    """The same for who only reads and writes online: the registry is not opened, and there is no history."""
    return feast.RepoConfig(**{**_settings(redis, Path(".adloom")), "offline_store": {"type": NO_HISTORY}})


def _settings(redis: str, home: Path) -> dict[str, Any]:
    text = string.Template(_SETTINGS.read_text()).substitute(ADLOOM_REDIS=redis, ADLOOM_HOME=home)
    settings: dict[str, Any] = yaml.safe_load(text)
    return settings


__all__ = ["EntityKey", "Provider", "Value", "definitions", "feast", "get_provider", "online_config", "repo_config"]
