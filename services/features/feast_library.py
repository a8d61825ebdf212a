"""Imports Feast without its heavy dependencies; serving processes must import Feast through this module first.

Three things are left out while Feast's modules load. Feast imports torch wherever torch is installed (800 MB and
seconds, for functions that we do not call). It parses its own sources again to check types at run time (half of its
import time). It imports its own servers and an SQL registry, with FastAPI, uvicorn and SQLAlchemy. Without these, the
import takes 1.4 s of processor time instead of 5.4 s (7 s with torch), and a killed worker restarts faster by that
time. This version of Feast has no telemetry; a test checks that.
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
    """Replaces `typeguard.typechecked`: checks nothing."""
    return target if target is not None else lambda again: again


def _module(name: str, **members: object) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


_STAND_INS: dict[str, ModuleType | None] = {
    "torch": None,  # for the import system: "not installed"
    "fastapi": _module("fastapi", status=starlette.status),  # all that Feast's core uses of it is starlette's
    "fastapi.concurrency": _module("fastapi.concurrency", run_in_threadpool=starlette.concurrency.run_in_threadpool),
    "feast.feature_server": _module("feast.feature_server"),
    "feast.ui_server": _module("feast.ui_server"),
    "feast.infra.registry.sql": _module("feast.infra.registry.sql", SqlRegistry=None),
}


@contextmanager
def _light() -> Iterator[None]:
    """Inside, modules that are not loaded yet are replaced by stand-ins, and typeguard checks nothing."""
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


with _light(), warnings.catch_warnings():  # feast enables deprecation warnings of all modules
    import feast
    from feast.infra.provider import Provider, get_provider
    from feast.protos.feast.types.EntityKey_pb2 import EntityKey
    from feast.protos.feast.types.Value_pb2 import Value

    from services.features import feast_definitions as definitions
    from services.features.feast_no_history import TYPE as NO_HISTORY

_SETTINGS = Path(__file__).resolve().parents[2] / "feature_repo" / "feature_store.yaml"


def repo_config(redis: str, state_dir: Path = Path(".adloom")) -> feast.RepoConfig:
    """Feast's settings of `feature_repo/feature_store.yaml` for this Redis ("host:port") and state folder."""
    return feast.RepoConfig(**_settings(redis, state_dir))


def online_config(redis: str) -> feast.RepoConfig:
    """The same for processes that only read and write online: without registry and without history."""
    return feast.RepoConfig(**{**_settings(redis, Path(".adloom")), "offline_store": {"type": NO_HISTORY}})


def _settings(redis: str, state_dir: Path) -> dict[str, Any]:
    text = string.Template(_SETTINGS.read_text()).substitute(ADLOOM_REDIS=redis, ADLOOM_HOME=state_dir)
    settings: dict[str, Any] = yaml.safe_load(text)
    return settings


__all__ = ["EntityKey", "Provider", "Value", "definitions", "feast", "get_provider", "online_config", "repo_config"]
