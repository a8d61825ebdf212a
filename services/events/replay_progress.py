"""How far a replay got, kept in a file, so that the same command goes on where an interrupted one stopped."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from services.common.errors import Rejected
from services.events.log_files import Line


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts over the rows up to and with `row`, all of which the broker has."""

    row: int = 0
    sent: int = 0  # records
    rejected: int = 0  # rows

    def after(self, row: int, sent: int, rejected: int) -> Progress:
        """These counts with those of more rows, the last of which is `row`."""
        return replace(self, row=row, sent=self.sent + sent, rejected=self.rejected + rejected)


class ProgressFile:
    """The progress of one log at one broker, and beside it the rows that were rejected."""

    def __init__(self, folder: Path, checksum: str) -> None:
        self._path = folder / f"{checksum[:16]}.json"
        self.rejects = folder / f"{checksum[:16]}.rejects.jsonl"

    def load(self) -> Progress:
        """Where an interrupted replay stopped; the beginning where there was none, or its file is broken."""
        try:
            return Progress(**json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return Progress()

    def save(self, progress: Progress) -> None:
        """Survives a crash at any moment: the old or the new state is there."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(progress)))
        draft.replace(self._path)

    def done(self) -> None:
        """The next replay of this log begins anew (under the same event ids)."""
        self._path.unlink(missing_ok=True)

    def forget_rejects_after(self, row: int) -> None:
        """Keeps the rejected rows up to and with `row`; those after it will be met again."""
        if self.rejects.exists():
            entries = self.rejects.read_bytes().split(b"\n")[:-1]  # what follows the last line's end was never finished
            kept = [entry for entry in entries if json.loads(entry)["line"] <= row]
            self.rejects.write_bytes(b"".join(entry + b"\n" for entry in kept))

    def reject(self, line: Line, why: Rejected) -> None:
        """Keeps a row that could not be sent. It may hold raw user ids: the file is for its owner only."""
        self.rejects.parent.mkdir(parents=True, exist_ok=True)
        entry = {"line": line.number, "field": why.field, "error": str(why), "text": line.text}
        # Half a character (JSON can say one) is no UTF-8: it stays the escape that it was.
        data = json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        with os.fdopen(os.open(self.rejects, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(data)
