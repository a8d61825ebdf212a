"""With the address of `web`, gRPC answers carry what a page needs; without one they stay as they were."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.selection_for_web import complete_for_web
from tests.unit.creative.house import Assets, House, page

URL = "https://ads.shop.example"


def answers(house: House, *requests: pb.SelectCreativesRequest) -> list[pb.Selection]:
    """The one selection of each answer, from one process."""

    async def ask() -> list[pb.Selection]:
        async with house.asked() as stub:
            return [(await stub.SelectCreatives(request, timeout=5)).selections[0] for request in requests]

    return asyncio.run(ask())


def places(markup: bool) -> list[pb.Placement]:
    return [pb.Placement(placement_id="top", format="300x250", markup=markup)]


def test_without_an_address_pictures_are_references_and_nothing_leads_anywhere(house: House) -> None:
    (selection,) = answers(house, page(placements=places(markup=True)))
    assert selection.image.uri.startswith("asset:sha256:")
    assert (selection.click_url, selection.markup) == ("", "")


def test_the_form_changes_neither_the_choice_nor_what_a_repeat_gets(assets: Assets, tmp_path: Path) -> None:
    house = House(assets, tmp_path, settings={"web_url": URL})
    now = Timestamp()
    now.GetCurrentTime()  # the same for all, so that equal decisions are equal bit for bit
    asked = [page(placements=places(markup), context=pb.Context(time=now)) for markup in (False, True, False)]
    plain, marked, again = answers(house, *asked)
    assert (plain.impression_id, plain.creative_id) == (marked.impression_id, marked.creative_id)
    assert plain.image.uri.startswith(f"{URL}/a/")
    assert (plain.markup, bool(marked.markup)) == ("", True)
    assert again == plain


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "a'b&c", "\u2028 <!--"])
def test_nothing_that_somebody_wrote_becomes_markup(text: str) -> None:
    found = []
    for headline in ("plain", text):
        selection = pb.Selection(impression_token="t.u", texts=pb.Texts(headline=headline))
        selection.image.uri = "asset:sha256:ab"
        complete_for_web(selection, "300x250", True, URL)
        found.append([selection.markup.count(sign) for sign in "<>\"'"])
    assert found[0] == found[1]


def test_an_inline_picture_stays_inline() -> None:
    selection = pb.Selection(impression_token="t.u", image=pb.Image(png=b"\x89PNG"))
    complete_for_web(selection, "300x250", True, URL)
    assert 'src="data:image/png;base64,iVBORw=="' in selection.markup
    assert selection.image.png == b"\x89PNG"
