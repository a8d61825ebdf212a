"""Writes files atomically: after a full disk or a crash the previous content is still there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Replaces the file's content; a file with equal content and mode is not written, so that needs no disk space.

    Raises `OSError`, which names the file.
    """
    data = content.encode() if isinstance(content, str) else content
    if _content(path) == data and path.stat().st_mode & 0o777 == mode:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
        draft.replace(path)
    except OSError as refused:
        draft.unlink(missing_ok=True)
        raise OSError(refused.errno, refused.strerror, str(path)) from refused


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
