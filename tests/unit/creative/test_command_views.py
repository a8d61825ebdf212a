"""What `adloom ask` and `adloom generate` show and print."""

from __future__ import annotations

import io

from rich.console import Console

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.cli.ask_view import answer_view, creatives_view, facts_of

SELECTION = pb.Selection(
    placement_id="top",
    impression_id="i-1",
    creative_id="c-1",
    policy_id="thompson",
    policy_version=7,
    propensity=0.25,
    texts=pb.Texts(headline="[bold]Boots[/bold]"),
    image=pb.Image(png=b"x" * 999, media_type="image/png"),
    degraded=["triton", "policy_prior"],
    ai_generated=True,
)


def text_of(view: object) -> str:
    console = Console(width=120, file=io.StringIO())
    console.print(view)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_facts_keep_the_protos_names_and_leave_pictures_out() -> None:
    facts = facts_of(pb.SelectCreativesResponse(request_id="r", selections=[SELECTION]))
    (selection,) = facts["selections"]
    assert selection["impression_id"] == "i-1"
    assert selection["propensity"] == 0.25
    assert selection["policy_version"] == 7
    assert selection["image"] == {"png": "999 bytes", "media_type": "image/png"}
    assert selection["reasons"] == []


def test_an_answer_shows_what_was_chosen_how_and_what_was_missing() -> None:
    shown = text_of(answer_view(pb.SelectCreativesResponse(selections=[SELECTION])))
    for words in ("c-1", "thompson, version 7", "0.250000", "triton, policy_prior", "made by a machine", "999 bytes"):
        assert words in shown
    assert "[bold]Boots[/bold]" in shown  # a headline is text, not markup


def test_creatives_that_wait_for_approval_say_so() -> None:
    shown = text_of(creatives_view([pb.Creative(creative_id="c-2", made_by="creative_generator/1")]))
    assert "not approved yet" in shown
    assert "creative_generator/1" in shown
