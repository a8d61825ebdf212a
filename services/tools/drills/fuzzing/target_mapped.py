"""The fuzzing target of `adloom replay --mapping`: any bytes as another system's log, and as the file that maps it."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured
from services.events.log_mapped import open_any
from services.events.log_mapping import FIELDS, TYPES, read_log_overrides
from services.events.replay import Pace
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.seeds.replay_files import mapped_files, mappings
from services.tools.drills.fuzzing.target import Shape, Target
from services.tools.drills.fuzzing.target_feeds import check_text
from services.tools.drills.fuzzing.target_replay import Player

_LARGEST: Final = 400_000  # bytes, as of feeds, which the same readers read
_LINES_A_SECOND: Final = 500.0


def mapped_target(folder: Path) -> Target:
    """Logs of other systems. A case is the mapping file, empty for none, and the log."""
    player = MappedPlayer(folder)
    seeds = [(mapping, log) for mapping in mappings() for log in mapped_files()]
    shapes = (Shape.TEXT, Shape.TEXT)
    name = "replay files, mapped"
    return Target(name, player.play, seeds, shapes, _dictionary(), _LARGEST, _LINES_A_SECOND, close=player.close)


class MappedPlayer(Player):
    """Replays the log in a case by its mapping."""

    def play(self, case: Case) -> str:
        """See `Player.play`; a refusal is one line that a terminal can show."""
        said, content = (*case, b"", b"")[:2]
        mapping, path = self.file("mapping.toml", said), self.file("log", content)
        try:
            log = open_any(path, read_log_overrides(mapping) if said else None)
        except Misconfigured as refused:
            check_text(str(refused))
            return f"refused by {traceback.extract_tb(refused.__traceback__)[-1].name}"
        return self.replayed(log, Pace())


_WORDS: Final = (
    "[columns]\n", "[types]\n", "currency", "decimal", "time_zone", "encoding", "Europe/Berlin", "../etc/passwd",
    "utf-7", "EUR", '""', '"', "'", ",", ";", "\t", "\n", "=", "1e999", "-1", "9" * 30, "1.299,00", "\u0663", "nan",
    "9999-12-31T23:59:59Z", "0001-01-01", "1700000000000000000000", "true", "{}", "[", "\U0001f600",
)  # fmt: skip


def _dictionary() -> list[bytes]:
    return [b"\xff\xfe", b"PAR1", *(word.encode() for word in (*FIELDS, *TYPES, *_WORDS))]
