"""Shows answers of the creative service in a terminal."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb


def facts_of(message: Message) -> dict[str, Any]:
    """The message for `--json`: field names as in the proto; pictures are replaced by their sizes."""
    facts: dict[str, Any] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    shown: dict[str, Any] = _readable(facts)
    return shown


def answer_view(answer: pb.SelectCreativesResponse) -> RenderableType:
    """One panel per selection."""
    return Group(*(_panel(selection) for selection in answer.selections))


def creatives_view(creatives: Iterable[pb.Creative]) -> RenderableType:
    """One line per creative."""
    table = Table(Column("creative", no_wrap=True), "product", "format", "headline", "approved by", "made by")
    for creative in creatives:
        made_by = creative.made_by or "catalogue"
        approved_by = creative.approved_by or "not approved yet"
        cells = (creative.creative_id, creative.product_id, creative.format, creative.texts.headline)
        table.add_row(*map(Text, (*cells, approved_by, made_by)))
    return table


def _panel(selection: pb.Selection) -> Panel:
    table = Table.grid(padding=(0, 2))
    rows = {
        "creative": selection.creative_id,
        "product": selection.product_id or "(none: the house creative)",
        "headline": selection.texts.headline,
        "body": selection.texts.body,
        "button": selection.texts.call_to_action,
        "picture": selection.image.uri or f"{len(selection.image.png)} bytes of PNG",
        "policy": f"{selection.policy_id}, version {selection.policy_version}",
        "probability": f"{selection.propensity:.6f}",
        "why": " ".join(selection.reasons),
        "impression": selection.impression_id,
    }
    for name, value in rows.items():
        table.add_row(Text(name, style="dim"), Text(value))
    if selection.degraded:
        table.add_row(Text("degraded", style="yellow"), Text(", ".join(selection.degraded)))
    made = "  [magenta]made by a machine[/magenta]" if selection.ai_generated else ""
    return Panel(table, title=f"{escape(selection.placement_id)} #{selection.slot}{made}", title_align="left")


def _readable(value: Any) -> Any:
    """Replaces pictures by their sizes, and 64-bit numbers by numbers, which proto3 JSON writes as text."""
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    facts = {name: _readable(inner) for name, inner in value.items()}
    if "png" in facts:
        facts["png"] = f"{len(base64.b64decode(facts['png']))} bytes"
    if "policy_version" in facts:
        facts["policy_version"] = int(facts["policy_version"])
    return facts
