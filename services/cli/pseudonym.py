"""`adloom pseudonym USER`: the pseudonym of a user id."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds `pseudonym`."""

    @app.command()
    def pseudonym(
        user: Annotated[str, typer.Argument(help="The shop's own id of the shopper.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
    ) -> None:
        """Print the pseudonym of a user id, made with this deployment's key."""
        from services.common.errors import Rejected
        from services.common.secrets import load_pseudonym_key
        from services.tools.stack.state_dir import state_dir_of

        if not user:
            raise Rejected("invalid", "user", user, "a user id")
        folder = os.environ.get("ADLOOM_SECRETS_DIR")
        name = load_pseudonym_key(Path(folder) if folder else state_dir_of().secrets).pseudonym(user)
        typer.echo(json.dumps({"user": user, "pseudonym": name}) if as_json else name)
