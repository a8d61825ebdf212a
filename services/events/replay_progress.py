"""Saves the progress of a replay in a file, so that the same command resumes an interrupted replay."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from services.common.errors import Rejected
from services.events.log_files import Line


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts over the rows up to and including `row`, all acknowledged by the broker or rejected."""

    row: int = 0
    sent: int = 0  # records
    rejected: int = 0  # rows

    def after(self, row: int, sent: int, rejected: int) -> Progress:
        """The progress after more rows, the last of which is `row`."""
        return replace(self, row=row, sent=self.sent + sent, rejected=self.rejected + rejected)


class ProgressFile:
    """The progress file of one log at one broker, and the file of its rejected rows."""

    def __init__(self, folder: Path, checksum: str) -> None:
        self._path = folder / f"{checksum[:16]}.json"
        self.rejects = folder / f"{checksum[:16]}.rejects.jsonl"

    def load(self) -> Progress:
        """The progress of an interrupted replay; the beginning if there is none or the file is damaged."""
        try:
            return Progress(**json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return Progress()

    def save(self, progress: Progress) -> None:
        """Writes the progress atomically: after a crash the file has the old or the new state."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(progress)))
        draft.replace(self._path)

    def done(self) -> None:
        """Deletes the progress; the next replay of this log starts at row 1, under the same event ids."""
        self._path.unlink(missing_ok=True)

    def forget_rejects_after(self, row: int) -> None:
        """Drops the rejected rows after `row`, because the resumed replay will reject them again."""
        if self.rejects.exists():
            entries = self.rejects.read_bytes().split(b"\n")[:-1]  # without an incomplete last line
            kept = [entry for entry in entries if json.loads(entry)["line"] <= row]
            self.rejects.write_bytes(b"".join(entry + b"\n" for entry in kept))

    def reject(self, line: Line, why: Rejected) -> None:
        """Appends a rejected row to the file, which only its owner may read: rows may contain raw user ids."""
        self.rejects.parent.mkdir(parents=True, exist_ok=True)
        entry = {"line": line.number, "reason": why.reason, "field": why.field, "error": str(why), "text": line.text}
        # A lone surrogate, which JSON can escape, is not valid UTF-8: it stays an escape.
        data = json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        with os.fdopen(os.open(self.rejects, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(data)
