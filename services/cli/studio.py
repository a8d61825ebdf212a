"""`adloom studio status`: how far the studio is."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from services.common.errors import Misconfigured, Unavailable
from services.tools.stack.state_dir import state_dir_of

_TIMEOUT_S = 5.0
_COUNTS = ("products", "ads", "waiting", "photos")


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
    facts = facts_in(_metrics())
    typer.echo(json.dumps(facts) if as_json else in_words(facts))


def facts_in(text: str) -> dict[str, Any]:
    """The facts in the process's metrics.

    >>> facts_in('adloom_studio_ads 12.0\\nadloom_studio_not_made{reason="glyphs"} 3.0')
    {'products': 0, 'ads': 12, 'waiting': 0, 'photos': 0, 'not_made': {'glyphs': 3}}
    """
    from prometheus_client.parser import text_string_to_metric_families

    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {sample.name: int(sample.value) for sample in samples}
    not_made = {
        sample.labels["reason"]: int(sample.value)
        for sample in samples
        if sample.name == "adloom_studio_not_made" and sample.value
    }
    return {name: found.get(f"adloom_studio_{name}", 0) for name in _COUNTS} | {"not_made": not_made}


def in_words(facts: dict[str, Any]) -> str:
    """What a person is told.

    >>> print(in_words({"products": 2, "ads": 12, "waiting": 0, "photos": 1, "not_made": {"glyphs": 3}}))
    2 products, 12 ads; 0 products wait, 1 photos are being prepared; not made: 3 glyphs
    """
    text = "{products} products, {ads} ads; {waiting} products wait".format(**facts)
    text += ", {photos} photos are being prepared".format(**facts) if facts["photos"] else ""
    left = ", ".join(f"{count} {reason}" for reason, count in sorted(facts["not_made"].items()))
    return f"{text}; not made: {left}" if left else text


def _metrics() -> str:
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
