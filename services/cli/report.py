"""`adloom report`: click rates and estimates with intervals, from the newest report on `ad.reports`."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from google.protobuf.message import Message
from rich.console import Console, Group
from rich.table import Table

from protos.gen.adloom.events.v1 import policy_pb2
from services.tools.demo.comparison_view import comparison_facts, comparison_line
from services.tools.stack.session import running
from services.tools.stack.state_dir import state_dir_of

_LOOK_S: Final = 0.5

_UNMEASURED: Final = (
    "Nothing has been measured yet: an impression counts once its attribution window (ADLOOM_ATTRIBUTION_WINDOW_S) has "
    "closed; house creatives and invalid traffic never do."
)
_FIGURES: Final = ("policy", "impressions", "clicks", "ctr", "ctr_low", "ctr_high", "foreign") + (
    ("served", "with_pixel", "rendered")
)
_ESTIMATE: Final = ("estimator", "policy", "value", "low", "high", "effective_sample_size", "traffic", "impressions")


_ASSUMED: Final = "Assumes that whether an ad is rendered does not depend on which one was chosen.\n"


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(report)


def report(
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
    wait: Annotated[float, typer.Option(min=0.0, help="Seconds to wait for a new report.")] = 0.0,
) -> None:
    """Show click rates by policy, with intervals that hold at any time, and what each policy would have earned."""
    from services.sdk.report_reader import newest_report

    kafka = os.environ.get("ADLOOM_KAFKA") or running(state_dir_of()).kafka
    asked_at, until = datetime.now(UTC), time.monotonic() + wait
    found = newest_report(kafka)
    while found.as_of.ToDatetime(tzinfo=UTC) < asked_at and time.monotonic() < until:
        time.sleep(_LOOK_S)
        found = newest_report(kafka)
    if as_json:
        typer.echo(json.dumps(facts(found)))
    else:
        Console().print(view(found))


def facts(found: policy_pb2.Report) -> dict[str, Any]:
    """The report under the keys that outsiders rely on; null where there is no figure."""
    return {
        "as_of": found.as_of.ToDatetime(tzinfo=UTC).isoformat() if found.HasField("as_of") else None,
        "impressions": found.impressions,
        "outcomes": found.outcomes,
        "outcomes_by_kind": dict(found.outcomes_by_kind),
        "basis": found.basis,
        "policies": [_row(figures, _FIGURES) for figures in found.policies],
        "estimates": [_row(estimate, _ESTIMATE) | {"refused": estimate.refused} for estimate in found.estimates],
        "comparisons": [comparison_facts(comparison) for comparison in found.comparisons],
    }


def view(found: policy_pb2.Report) -> Group:
    """The report for a terminal."""
    as_of = (
        f"{found.as_of.ToDatetime(tzinfo=UTC):%Y-%m-%d %H:%M:%S} UTC" if found.HasField("as_of") else "no report yet"
    )
    kinds = ", ".join(f"{count:,} {kind.lower()}" for kind, count in sorted(found.outcomes_by_kind.items()))
    told = f"{found.outcomes:,} outcomes{f' ({kinds})' if kinds else ''}"
    head = f"{as_of}: {found.impressions:,} impressions served, {told}"
    if not found.policies:
        return Group(head, _UNMEASURED)
    return Group(
        head,
        rates_view(found),
        *([_ASSUMED] if any(figures.with_pixel for figures in found.policies) else []),
        *(f"{comparison_line(one)}\n" for one in found.comparisons),
        estimates_view(found),
    )


def rates_view(found: policy_pb2.Report) -> Table:
    """Click rates over closed windows, and how many of the ads that carry the render pixel were rendered."""
    over = f"{found.basis} with closed windows" if found.basis else "closed windows"
    title = f"Click rate over {over}, without house creatives and invalid traffic"
    table = Table(title=title, title_justify="left")
    for name in ("policy", "impressions", "clicks", "click rate", "95 % at any time", "rendered"):
        table.add_column(name, overflow="fold", justify="left" if name == "policy" else "right")
    for figures in found.policies:
        name = f"{figures.policy} (imported)" if figures.foreign else figures.policy
        counts = (f"{figures.impressions:,}", f"{figures.clicks:,}")
        rate = (_percent(figures, "ctr"), _interval(figures, "ctr_low", "ctr_high"))
        table.add_row(name, *counts, *rate, _rendered(figures))
    return table


def _rendered(figures: policy_pb2.PolicyFigures) -> str:
    if not figures.with_pixel:
        return "-"
    share = 100 * figures.rendered / figures.with_pixel
    return f"{share:.1f} % of {figures.with_pixel:,}"


def estimates_view(found: policy_pb2.Report) -> Table:
    """Estimated click rate of each policy, by the traffic that it is estimated from."""
    table = Table(title="Clicks an impression that a policy would have earned", title_justify="left")
    for name in ("policy", "from traffic", "by", "value", "95 %", "effective sample"):
        table.add_column(name, overflow="fold")
    for e in found.estimates:
        interval = f"refused: {e.refused}" if e.refused else _interval(e, "low", "high")
        size = f"{e.effective_sample_size:,.0f} of {e.impressions:,}"
        table.add_row(e.policy, e.traffic, e.estimator.upper(), _percent(e, "value"), interval, size)
    return table


def _row(message: Message, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _value(message, name) for name in names}


def _value(message: Message, name: str) -> Any:
    """The field's value; None for an optional one that is absent."""
    field = message.DESCRIPTOR.fields_by_name[name]
    return None if field.has_presence and not message.HasField(name) else getattr(message, name)


def _percent(message: Message, name: str) -> str:
    value = _value(message, name)
    return "-" if value is None else f"{100 * value:.2f} %"


def _interval(message: Message, low: str, high: str) -> str:
    low_value, high_value = _value(message, low), _value(message, high)
    return "-" if low_value is None else f"{100 * low_value:.2f} to {100 * high_value:.2f} %"
