"""Where a stack's pictures are: in its own folder, or in the object store whose URL `ADLOOM_ASSETS_DIR` has.

A folder in that variable is not for a local stack, which keeps its own data together; the processes of a deployment
take it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from services.common.errors import Misconfigured
from services.tools.stack import control
from services.tools.stack.state_dir import StateDir

VARIABLE: Final = "ADLOOM_ASSETS_DIR"


def place_for(state_dir: StateDir, environ: Mapping[str, str]) -> str:
    """For a stack that is to start; raises `Misconfigured` for a store that its processes cannot use or share.

    >>> from pathlib import Path
    >>> place_for(StateDir(Path("/srv/shop")), {"ADLOOM_ASSETS_DIR": "/tmp"})
    '/srv/shop/data/assets'
    """
    given = environ.get(VARIABLE, "")
    if "://" not in given:
        return str(state_dir.assets)
    if given.startswith("memory://"):
        raise Misconfigured(f"{VARIABLE}: {given!r} where a store that several processes share was expected.")
    from services.assets.pictures.picture_store import pictures_in  # here, because few stacks need fsspec

    pictures_in(given)
    return given


def require_store(place: str) -> None:
    """Keeps a picture of the house in an object store, as `creative` does later; raises what is wrong with it.

    Without this, a stack would come up whose ads have no pictures, and only its logs would say why.
    """
    if "://" not in place:
        return
    from services.assets.house_creatives import house_pictures
    from services.assets.pictures.picture_store import pictures_in
    from services.assets.pictures.ports import RefusedStore

    try:
        pictures_in(place).put(next(iter(house_pictures().values())))
    except RefusedStore as refused:
        raise Misconfigured(refused.setting) from refused


def place_of(state_dir: StateDir, environ: Mapping[str, str] = os.environ) -> str:
    """For commands: what the environment names, else the place of the stack that runs or ran last."""
    return environ.get(VARIABLE) or control.read_state(state_dir).get("assets") or str(state_dir.assets)
