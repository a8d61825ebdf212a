"""`adloom rotate-keys`: adds a key that signs impression tokens; tokens of old keys stay valid."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

BEFORE_S = 10.0


def register(app: typer.Typer) -> None:
    """Adds `rotate-keys`."""

    @app.command("rotate-keys")
    def rotate_keys(
        before: Annotated[
            float,
            typer.Option("--in", min=2.0, help="Seconds until the new key signs; every process must know it by then."),
        ] = BEFORE_S,
        as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
    ) -> None:
        """Add a token key that signs after a delay; processes need no restart, and old keys still verify."""
        from services.common.clock import SystemClock, from_ms, to_ms
        from services.common.secrets import rotate_token_keys
        from services.tools.stack.state_dir import state_dir_of

        folder = os.environ.get("ADLOOM_SECRETS_DIR")
        now_ms = to_ms(SystemClock().now())
        keys = rotate_token_keys(
            Path(folder) if folder else state_dir_of().secrets, now_ms + round(before * 1000), now_ms
        )
        if as_json:
            facts = {"signing": keys.signing, "next": keys.next, "next_from_ms": keys.next_from_ms}
            typer.echo(json.dumps({**facts, "keys": sorted(keys.secrets)}))
            return
        moment = f"{from_ms(keys.next_from_ms):%H:%M:%S} UTC"
        typer.echo(f"Key {keys.next} signs from {moment} on; all verify: {', '.join(sorted(keys.secrets))}")
