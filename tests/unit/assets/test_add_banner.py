"""What is said of a finished banner reaches the page: its kind, and that AI made it."""

import io
from pathlib import Path

import pytest
from PIL import Image

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.banners.add_banners import add_banner
from services.assets.banners.banner_rows import About, BannerRow, rows_of
from services.assets.memory_library import memory_library
from services.assets.screened import Screener
from services.assets.selection_for_web import complete_for_web
from services.common.clock import SystemClock
from services.common.errors import Rejected
from services.screening.judges import Given
from services.screening.policy import policy, with_own
from tests.demo_shop import DemoShop

UNASKED = Screener(Given(), with_own("test", {"checks": {name: {"finished": "never"} for name in policy().rules}}))
"""Passes a plain red banner."""


@pytest.fixture
def moving(tmp_path: Path) -> Path:
    out, frames = io.BytesIO(), [Image.new("RGB", (300, 250), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=900)
    (tmp_path / "a.gif").write_bytes(out.getvalue())
    return tmp_path


def test_an_animation_is_stored_and_linked_as_a_gif(moving: Path, tmp_path: Path) -> None:
    library = memory_library(tmp_path / "assets", lambda _: True, SystemClock())
    row = BannerRow("a", moving / "a.gif", About("bag-tote"))
    creative = add_banner(library, DemoShop(), row, "eve", UNASKED)
    assert (creative.state, creative.media_type, creative.verdict and creative.verdict.passes) == (
        "APPROVED",
        "image/gif",
        True,
    )
    with Image.open(io.BytesIO(library.picture(creative))) as picture:
        assert getattr(picture, "n_frames", 1) == 2
    selection = pb.Selection(image=pb.Image(uri=creative.image_uri, media_type=creative.media_type))
    complete_for_web(selection, "300x250", markup=True, web_url="https://ads.example")
    assert selection.image.uri == f"https://ads.example/a/{creative.image_sha256}.gif"


def test_a_sheet_says_that_ai_made_a_picture_and_it_may_be_said_later(moving: Path, tmp_path: Path) -> None:
    library = memory_library(tmp_path / "assets", lambda _: True, SystemClock())
    sheet = tmp_path / "s.csv"
    for said, made in (("no", False), ("Yes", True), ("", True)):  # what was said once is not taken back
        sheet.write_text(f"file,product_id,ai_generated\na.gif,bag-tote,{said}\n")
        (row,) = rows_of(moving, sheet, About())
        assert add_banner(library, DemoShop(), row, "eve", UNASKED).ai_generated is made
    (creative,) = library.all_eligible()
    selection = pb.Selection(ai_generated=creative.ai_generated)
    complete_for_web(selection, "300x250", markup=True, web_url="https://ads.example")
    assert "AI-made" in selection.markup


def test_anything_but_yes_or_no_is_refused(moving: Path, tmp_path: Path) -> None:
    library = memory_library(tmp_path / "assets", lambda _: True, SystemClock())
    row = BannerRow("a", moving / "a.gif", About("bag-tote", ai_generated="perhaps"))
    with pytest.raises(Rejected, match="ai_generated: 'perhaps' where yes or no"):
        add_banner(library, DemoShop(), row, "eve", UNASKED)
