"""Adloom's own processes and one-time steps, in the order in which data flows through them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from services.tools.stack.addresses import Addresses
from services.tools.stack.probes import http_ready
from services.tools.stack.program import Program
from services.tools.stack.state_dir import StateDir


@dataclass(frozen=True, slots=True)
class Process:
    """One of our Python programs; `module` is run with `python -m`."""

    name: str
    module: str
    needs: tuple[str, ...]
    step: bool = False
    ready_within_s: float = 60.0
    along: tuple[str, ...] = ()  # what is started with it where a stack is asked for by parts: it has work from there


PROCESSES = (
    Process("topics", "services.tools.stack.kafka.create_topics", ("kafka",), step=True, ready_within_s=600.0),
    Process("catalogue", "services.catalogue.first_import", ("topics",), step=True, ready_within_s=600.0),
    Process("models", "services.models.verify", ("triton",), step=True, ready_within_s=120.0),
    Process("events", "services.events.main", ("topics",)),
    Process("profiles", "services.profiles.main", ("topics", "redis")),
    Process("creative", "services.creative.main", ("topics", "redis", "models"), along=("studio",)),
    Process("studio", "services.studio.main", ("topics", "catalogue")),
    Process("web", "services.web.main", ("topics",)),
    Process("outcomes", "services.outcomes.main", ("topics",)),
    Process("evaluation", "services.evaluation.main", ("topics",)),
)


def program(process: Process, state_dir: StateDir, addresses: Addresses, environment: Mapping[str, str]) -> Program:
    """A process of ours as a program of the stack."""
    health = addresses[f"health_{process.name}"]
    own = {"ADLOOM_HEALTH_PORT": health.rpartition(":")[2], "ADLOOM_DATA_DIR": str(state_dir.data(process.name))}
    return Program(
        process.name,
        (sys.executable, "-m", process.module),
        state_dir.log(process.name),
        state_dir.data(process.name),
        {**environment, **own},
        needs=process.needs,
        along=process.along,
        probe=http_ready(health, process.name),
        ready_within_s=process.ready_within_s,
        step=process.step,
    )
