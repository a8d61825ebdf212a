"""Files of what was not taken: nobody else's business than their owner's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO


def private_file(path: Path) -> IO[bytes]:
    """Opens an empty file that its owner alone may read, and makes its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def installed(draft: Path, target: Path, any_line: bool) -> Path | None:
    """Puts the written draft in its place; where it has no line, there is no file, and none of an earlier run."""
    draft.replace(target)
    if any_line:
        return target
    target.unlink()
    return None
