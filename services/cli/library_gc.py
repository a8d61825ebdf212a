"""`adloom library gc`: removes pictures that nothing names any more."""

from __future__ import annotations

import json
import os
import time
from typing import Annotated

import typer

from services.tools.stack.state_dir import state_dir_of


def gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Remove pictures that no creative, in whatever state, and no photo of a product names, and older than an hour."""
    from services.assets.pictures.collect_garbage import unnamed
    from services.cli.own_library import own_store

    pictures, named = own_store(state_dir_of(), os.environ)
    count = size_bytes = 0
    for found in unnamed(pictures.all(), named, time.time()):  # a picture that is put again meanwhile is young again
        count, size_bytes = count + 1, size_bytes + found.about.size_bytes
        if not as_json:
            typer.echo(found.about.name)
        if not dry_run:
            pictures.blobs.remove(found.about.name)
    facts = {"pictures": count, "bytes": size_bytes, "removed": not dry_run}
    end = "nothing was removed" if dry_run else "removed"
    typer.echo(json.dumps(facts) if as_json else f"{count} pictures, {size_bytes:,} bytes: {end}")
