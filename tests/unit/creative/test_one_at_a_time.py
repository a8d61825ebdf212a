"""Decision records lie in one process's journal: a second process in its folder is refused before it touches them."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.creative.main import serve_alone
from services.creative.outbox.journal import Journal
from services.creative.settings import CreativeSettings
from services.runtime.folder_lock import alone_in
from services.runtime.health import Readiness
from services.wire.codec.envelope import Record


def test_a_second_creative_service_in_a_folder_ends_with_a_sentence_and_leaves_the_journal_alone(
    tmp_path: Path,
) -> None:
    with alone_in(tmp_path, "creative"):
        journal = Journal(tmp_path / "journal", most_bytes=1 << 20)
        journal.append([Record("ad.impressions", b"key", b"answered for", ())])
        (segment,) = (tmp_path / "journal").iterdir()
        before = segment.read_bytes()
        with pytest.raises(Misconfigured, match="held by another creative"):
            serve_alone(CreativeSettings(data_dir=tmp_path), Readiness())
        assert segment.read_bytes() == before
        journal.close()
