"""Whatever a log holds, a replay ends, and every row of it was sent or is kept with the reason why not."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.clock import FixedClock
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.common.token import TokenKeys
from services.events.log_files import open_log
from services.events.replay import Pace, Replay
from services.events.replay_progress import ProgressFile
from services.wire.codec.memory_sink import MemorySink

CLOCK = FixedClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
SECRETS = Secrets(PseudonymKey(1, b"test"), TokenKeys("1", {"1": b"k" * 32}), b"s" * 32)
NAMES = st.sampled_from(
    ["type", "user_id", "product_id", "time", "event_id", "source", "clicked", "propensity", "shown_at", "rung", "seed"]
)
KINDS = st.sampled_from(["view", "click", "order", "impression"])
SHORT = st.text(st.characters(), max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(), max_size=9),  # half ones too
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SHORT, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.builds(
    lambda kind, right, wrong: {**({"type": kind, "user_id": "a", "product_id": "p"} if right else {}), **wrong},
    KINDS,
    st.booleans(),
    st.dictionaries(NAMES | SHORT, VALUES, max_size=4),
)
LINES = ROWS.map(lambda row: json.dumps(row).encode()) | st.binary(max_size=30).map(lambda raw: raw.replace(b"\n", b""))
PACES = st.sampled_from([Pace(), Pace(keep_times=True), Pace(speed=60.0)])


@given(st.lists(LINES, max_size=5), PACES)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_every_row_is_sent_or_kept_with_its_reason(lines: list[bytes], pace: Pace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_bytes(b"\n".join(lines))
        log, sink = open_log(path), MemorySink(CLOCK)
        progress = ProgressFile(Path(folder), log.checksum)
        done = Replay(sink, SECRETS, CLOCK, lambda seconds: None, pace).run(log, progress)
        entries = progress.rejects.read_bytes().splitlines() if progress.rejects.exists() else []
        assert done.rejected == len(entries) == len([json.loads(entry)["error"] for entry in entries])
        assert done.rejected + done.sent >= len([line for line in lines if line.strip()])
