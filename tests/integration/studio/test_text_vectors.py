"""The studio's process gives creatives that others added their vectors, on real Kafka and Triton."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.assets.creative import Draft
from services.assets.kafka_creatives import creatives_now
from services.assets.open_library import stored_library
from services.models.text_encoder.axes import served_axes
from services.models.triton_texts import TritonTexts
from services.tools.stack.addresses import any_free_port
from services.tools.stack.session import RunningStack
from tests.conftest import stack_environ
from tests.waiting import wait_for


@pytest.fixture
def studio(parts: RunningStack, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A studio without room for ads of its own."""
    environ = {**stack_environ(), **parts.environ(), "ADLOOM_ASSETS_DIR": str(tmp_path), "ADLOOM_STUDIO_BUDGET": "1"}
    environ["ADLOOM_HEALTH_PORT"] = str(any_free_port())
    with (tmp_path / "studio.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "services.studio.main"], env=environ, stderr=log)
        yield process
        process.terminate()
        assert process.wait(30) == 0, (tmp_path / "studio.log").read_text()[-2000:]


def test_what_others_added_gets_the_vector_that_triton_and_the_axes_give(
    parts: RunningStack, studio: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    headlines = ("Warm winter boots", "Ankle boots for ice and snow", "A chair for the garden", "Warm winter boots")
    drafts = [Draft(uuid.uuid4().hex, "300x250", headline, "", "Go") for headline in headlines]
    with closing(stored_library(parts.kafka, str(tmp_path), lambda _: True)) as library:
        ids = [one.creative_id for one in library.add_all([(draft, b"\x89PNG any picture") for draft in drafts])]

    def vectors() -> list[object]:
        table = creatives_now(parts.kafka)
        found: list[object] = [one.text_vector for name in ids if (one := table.get(name)) is not None]
        return found if None not in found else []

    given = wait_for("vectors", vectors, within_s=60)
    texts, axes = TritonTexts(parts.triton), served_axes()
    expected = axes.vectors(texts.encode(headlines[:3], budget_s=10))
    texts.close()
    for found, wanted in zip(given, (*expected, expected[0]), strict=True):
        assert found.encoder == axes.encoder
        assert found.numbers() == pytest.approx(wanted.numbers(), abs=2e-3)  # float16, and another batch's padding
