"""A local Kafka whose data were deleted is another cluster: what is kept of the old one is not taken for its own."""

from __future__ import annotations

from pathlib import Path

from services.tools.stack.kafka.server import cluster_of


def test_new_data_are_a_new_cluster_and_data_that_are_there_keep_their_own(tmp_path: Path) -> None:
    first, second = cluster_of(tmp_path / "log"), cluster_of(tmp_path / "log")
    assert first != second
    assert len(first) == len(second) == 22
    (tmp_path / "meta.properties").write_text("#\nversion=1\ncluster.id=YWRsb29tLWxvY2FsLTAwMQ\nnode.id=1\n")
    assert cluster_of(tmp_path) == "YWRsb29tLWxvY2FsLTAwMQ"
