"""All targets by their key on the command line; a target is made in the process that fuzzes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.tools.drills.fuzzing.target import Target


def _protobuf(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_kafka import protobuf_target

    return protobuf_target()


def _json(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_kafka import json_target

    return json_target()


def _headers(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_kafka import header_target

    return header_target()


def _token(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_token import token_target

    return token_target()


def _lines(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_replay import lines_target

    return lines_target(folder)


def _parquet(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_replay import parquet_target

    return parquet_target(folder)


def _creative(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_creative import creative_target

    return creative_target(folder)


def _events(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_events import events_target

    return events_target()


def _web(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_web import web_target

    return web_target(folder)


def _feeds(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_feeds import feeds_target

    return feeds_target(folder)


def _mapped(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_mapped import mapped_target

    return mapped_target(folder)


def _banners(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_banners import banners_target

    return banners_target(folder)


def _campaigns(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_shop_files import campaigns_target

    return campaigns_target(folder)


def _sheets(folder: Path) -> Target:
    from services.tools.drills.fuzzing.target_shop_files import sheets_target

    return sheets_target(folder)


TARGETS: Final[dict[str, Callable[[Path], Target]]] = {
    "protobuf": _protobuf,
    "json": _json,
    "headers": _headers,
    "token": _token,
    "lines": _lines,
    "parquet": _parquet,
    "creative": _creative,
    "events": _events,
    "web": _web,
    "feeds": _feeds,
    "mapped": _mapped,
    "banners": _banners,
    "sheets": _sheets,
    "campaigns": _campaigns,
}
"""Each maker is given an empty folder. It imports what it needs when it is called, because that takes seconds."""
