"""The SDK needs little: what its extra installs, and of ours the messages and the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pkgutil import iter_modules
from typing import Any

import services.sdk
from services.tools.stack.locked_subset import subset

STAGES_NEED = {"feast", "faust", "mode", "aiokafka", "redis", "torch", "transformers", "tritonclient", "typer", "rich"}
BY_GRPC = {"grpc_health", "grpc_reflection", "grpc_tools"}  # it imports these where they are installed
PROGRAM = """
import importlib, json, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(*names: str) -> set[str]:
    """What importing these modules brings into an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], capture_output=True, text=True, timeout=100, check=True
    )
    found: Any = json.loads(done.stdout)
    return set(found)


def sdk() -> set[str]:
    """All modules of the SDK."""
    return {f"services.sdk.{module.name}" for module in iter_modules(services.sdk.__path__)}


def test_importing_all_of_the_sdk_loads_only_what_its_extra_installs() -> None:
    foreign = {name.split(".")[0] for name in loaded(*sdk())} - set(sys.stdlib_module_names)
    assert {"grpc", "kafka", "protovalidate"} <= foreign
    assert not foreign & STAGES_NEED
    locked = {pin.name for pin in subset(["sdk"])}
    packages = metadata.packages_distributions()
    missing = {name for name in foreign - BY_GRPC if name in packages and not canonical(packages[name]) & locked}
    assert missing == {"protos", "services"}


def canonical(names: list[str]) -> set[str]:
    return {name.lower().replace("_", "-") for name in names}


def test_of_ours_it_loads_messages_and_the_wire() -> None:
    rooms = {".".join(name.split(".")[1:3]) for name in loaded(*sdk()) if name.startswith("services.")}
    assert {room.split(".")[0] for room in rooms} == {"common", "runtime", "sdk", "wire"}
    assert "wire.faust" not in rooms


def test_the_codec_of_what_was_learnt_needs_no_more_than_the_sdk_installs() -> None:
    foreign = {name.split(".")[0] for name in loaded("services.policies.posterior_codec")}
    assert not foreign & (STAGES_NEED | {"kafka", "grpc"})


def test_what_the_extra_installs_holds_nothing_that_stages_need() -> None:
    names = {pin.name for pin in subset(["sdk"])}
    assert {"grpcio", "kafka-python", "protobuf"} <= names
    assert not names & {"feast", "faust-streaming", "aiokafka", "redis", "hiredis", "torch", "tritonclient", "typer"}
