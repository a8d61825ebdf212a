"""The doors, by the word that names each on the command line; a door is made in the process that fuzzes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.tools.drills.fuzzing.door import Target


def _protobuf(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_kafka import protobuf_door

    return protobuf_door()


def _json(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_kafka import json_door

    return json_door()


def _headers(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_kafka import header_door

    return header_door()


def _token(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_token import token_door

    return token_door()


def _lines(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_replay import lines_door

    return lines_door(folder)


def _parquet(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_replay import parquet_door

    return parquet_door(folder)


def _creative(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_creative import creative_door

    return creative_door(folder)


def _events(folder: Path) -> Target:
    from services.tools.drills.fuzzing.door_events import events_door

    return events_door()


DOORS: Final[dict[str, Callable[[Path], Target]]] = {
    "protobuf": _protobuf,
    "json": _json,
    "headers": _headers,
    "token": _token,
    "lines": _lines,
    "parquet": _parquet,
    "creative": _creative,
    "events": _events,
}
"""Each maker is given an empty folder; what it imports takes seconds, so it imports that when it is called."""
