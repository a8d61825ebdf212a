"""`adloom studio status`: how far the studio is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from services.common.errors import Misconfigured, Unavailable
from services.tools.stack.state_dir import state_dir_of

_TIMEOUT_S = 5.0
_COUNTS = ("products", "ads", "waiting", "repeated", "asked_left_out")
_WHYS = {
    "queue": "products wait for their turn",
    "making": "products wait for their ads, which are being made",
    "photo": "products wait for their photo (ADLOOM_PHOTOS_WAIT_S)",
    "ads": "products wait for room in the library (ADLOOM_STUDIO_BUDGET)",
    "hour": "products wait for the next hour (ADLOOM_STUDIO_BUDGET_S)",
    "screen": "ads without a verdict are not served, and wait for their screen",
    "review": "ads wait for a person (adloom library review list)",
    "screen_again": "ads wait to be screened again, because the screen has changed",
}
"""What is waited for, in words."""


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    studio = typer.Typer(help="The process that makes ads of products.", no_args_is_help=True)
    studio.command("status")(status)
    studio.callback()(studio_)
    app.add_typer(studio, name="studio")


def studio_() -> None:
    """The process that makes ads of products."""  # a callback keeps `status` a command of its own


def status(as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False) -> None:
    """Show how many products the studio knows, how many ads they have, and what waits or could not be made."""
    facts = facts_in(metrics_now())
    typer.echo(json.dumps(facts) if as_json else in_words(facts))


def facts_in(text: str) -> dict[str, Any]:
    """The facts in the process's metrics.

    >>> facts = facts_in('adloom_studio_ads 12.0\\nadloom_studio_photos{fate="http_404"} 3.0')
    >>> [facts[name] for name in ("products", "ads", "waits", "photos", "asked_formats")]
    [0, 12, {}, {'http_404': 3}, []]
    """
    from prometheus_client.parser import text_string_to_metric_families

    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {sample.name: int(sample.value) for sample in samples}
    facts: dict[str, Any] = {name: found.get(f"adloom_studio_{name}", 0) for name in _COUNTS}
    for name, label in (("waits", "why"), ("not_made", "reason"), ("photos", "fate")):
        of_name = [sample for sample in samples if sample.name == f"adloom_studio_{name}" and sample.value]
        facts[name] = {sample.labels[label]: int(sample.value) for sample in of_name}
    asked = [sample for sample in samples if sample.name == "adloom_studio_asked_formats" and sample.value]
    facts["asked_formats"] = sorted(sample.labels["format"] for sample in asked)
    return facts


def in_words(facts: dict[str, Any]) -> str:
    """What a person is told.

    >>> facts = {"products": 9, "ads": 12, "repeated": 1, "waits": {"ads": 3, "making": 1}, "not_made": {"glyphs": 3}}
    >>> facts |= {"photos": {"taken": 5, "waiting": 2, "http_404": 1}}
    >>> print(in_words({**facts, "asked_formats": ["468x60"], "asked_left_out": 2}))
    9 products, 12 ads
    3 products wait for room in the library (ADLOOM_STUDIO_BUDGET)
    1 products wait for their ads, which are being made
    photos: 5 taken, 2 waiting; there are none for: 1 http_404
    photos under many unrelated products, which are not shown: 1 (adloom catalogue photos names them)
    placements ask for 468x60, which is made besides the shop's own formats
    placements ask for 2 more formats than are made (ADLOOM_ASKED_FORMATS)
    not made: 3 glyphs
    """
    lines = ["{products} products, {ads} ads".format(**facts)]
    lines += [f"{count} {_WHYS.get(why, why)}" for why, count in sorted(facts["waits"].items())]
    lines += [photos_in_words(facts["photos"])] if facts["photos"] else []
    if facts["repeated"]:
        text = f"photos under many unrelated products, which are not shown: {facts['repeated']}"
        lines.append(f"{text} (adloom catalogue photos names them)")
    if facts["asked_formats"]:
        asked = ", ".join(facts["asked_formats"])
        lines.append(f"placements ask for {asked}, which is made besides the shop's own formats")
    if facts["asked_left_out"]:
        lines.append(f"placements ask for {facts['asked_left_out']} more formats than are made (ADLOOM_ASKED_FORMATS)")
    left = ", ".join(f"{count} {reason}" for reason, count in sorted(facts["not_made"].items()))
    return "\n".join([*lines, *([f"not made: {left}"] if left else [])])


def photos_in_words(fates: Mapping[str, int]) -> str:
    """How it stands with the photos that products link to."""
    known = {fate: fates.get(fate, 0) for fate in ("taken", "waiting")}
    text = "photos: {taken} taken, {waiting} waiting".format(**known)
    missing = [f"{count} {reason}" for reason, count in sorted(fates.items()) if reason not in known]
    return f"{text}; there are none for: {', '.join(missing)}" if missing else text


def metrics_now() -> str:
    """What the process of the running stack says of itself."""
    import http.client

    from services.tools.stack import control
    from services.tools.stack.addresses import LOOPBACK, remembered

    state_dir = state_dir_of()
    if not control.is_running(state_dir):
        raise Misconfigured(f"no stack of {state_dir.folder} runs: adloom up starts it.")
    line = http.client.HTTPConnection(LOOPBACK, remembered(state_dir.ports).get("health_studio"), timeout=_TIMEOUT_S)
    try:
        line.request("GET", "/metrics")
        return line.getresponse().read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable("studio", f"it does not answer ({error})") from error
    finally:
        line.close()
