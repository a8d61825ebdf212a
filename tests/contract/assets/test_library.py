"""The library's contract, on real files and from several processes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.assets.creative import Creative, Draft
from services.assets.demo import demo_creatives, load_demo
from services.assets.library import Library
from services.assets.memory_library import memory_library
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import SystemClock
from services.common.errors import Misconfigured, Rejected, Unavailable
from services.common.verdict import STAND_IN
from services.composer.brief import Brief
from services.composer.compose import compose

PNG = compose(Brief("300x250", "studio", "bag", "#aa3311", "A bag", "EUR 1.00", "Go"))


def draft(**change: object) -> Draft:
    fields: dict[str, object] = {
        "product_id": "bag-tote", "format": "300x250", "headline": "A bag", "body": "", "call_to_action": "Go",
        "verdict": STAND_IN,
    }  # fmt: skip
    return Draft(**(fields | change))  # type: ignore[arg-type]


def ids(creatives: tuple[Creative, ...]) -> list[str]:
    return [creative.creative_id for creative in creatives]


def test_same_content_is_one_creative(library: Library) -> None:
    first, again = library.add(draft(), PNG), library.add(draft(), PNG)
    assert first.creative_id == again.creative_id
    assert ids(library.list(["bag-tote"])) == [first.creative_id]
    assert again.created_at == first.created_at
    assert library.picture(again) == PNG


@pytest.mark.parametrize("change", [{"headline": "Another"}, {"made_by": "creative_generator/1"}, {"body": "b"}])
def test_other_content_is_another_creative(library: Library, change: dict[str, object]) -> None:
    assert library.add(draft(), PNG).creative_id != library.add(draft(**change), PNG).creative_id


def test_other_picture_is_another_creative_unless_a_recipe_names_it(library: Library) -> None:
    other = compose(Brief("300x250", "poster", "bag", "#aa3311", "A bag", "EUR 1.00", "Go"))
    assert library.add(draft(), PNG).creative_id != library.add(draft(), other).creative_id
    by_recipe = library.add(draft(recipe="r"), PNG)
    assert library.add(draft(recipe="r"), other).creative_id == by_recipe.creative_id
    assert library.picture(library.get(by_recipe.creative_id)) == PNG


def test_only_approved_creatives_are_eligible(library: Library) -> None:
    waiting = library.add(draft(ai_generated=True), PNG)
    assert library.eligible("300x250") == ()
    approved = library.approve(waiting.creative_id, "alice")
    assert approved.approved_by == "alice"
    assert ids(library.eligible("300x250", ["bag-tote"])) == [waiting.creative_id]
    assert library.eligible("728x90") == () == library.eligible("300x250", ["boot-suede"])


def test_adding_again_with_an_approval_approves_but_never_takes_one_away(library: Library) -> None:
    library.add(draft(), PNG)
    assert library.add(draft(approved_by="bob"), PNG).approved_by == "bob"
    assert library.add(draft(), PNG).approved_by == "bob"
    assert library.add(draft(approved_by="carol"), PNG).approved_by == "bob"


def test_approval_needs_a_name_and_a_creative(library: Library) -> None:
    with pytest.raises(Rejected, match="approved_by"):
        library.approve(library.add(draft(), PNG).creative_id, "")
    with pytest.raises(Rejected, match="creative_id: 'c-none'"):
        library.approve("c-none", "alice")


def test_unknown_product_is_rejected_everywhere_and_nothing_is_added(library: Library) -> None:
    asks: list[Callable[[], object]] = [
        lambda: library.add_all([(draft(), PNG), (draft(product_id="teapot"), PNG)]),
        lambda: library.list(["teapot"]),
        lambda: library.eligible("300x250", ["bag-tote", "teapot"]),
    ]
    for ask in asks:
        with pytest.raises(Rejected, match="product_id: 'teapot'"):
            ask()
    assert library.list(["bag-tote"]) == ()


def test_pages_give_every_creative_once_in_order(library: Library) -> None:
    added = {library.add(draft(headline=f"Bag {number}"), PNG).creative_id for number in range(25)}
    seen: list[str] = []
    while page := library.list(["bag-tote"], "300x250", seen[-1] if seen else "", 7):
        assert len(page) <= 7
        seen += ids(page)
    assert seen == sorted(added)


def test_house_creative_exists_for_every_format(library: Library) -> None:
    house = library.house("300x250")
    assert (house.creative_id, house.product_id, house.approved_by) == ("house-300x250", "", "catalogue")
    odd = library.house("310x250")
    assert (odd.creative_id, odd.format, odd.image_sha256) == ("house-310x250", "310x250", house.image_sha256)
    assert library.get("house-310x250").creative_id == "house-310x250"
    assert library.house("1000x90").image_sha256 == library.house("728x90").image_sha256
    assert library.eligible("300x250") == ()


def test_demo_is_loaded_once(library: Library) -> None:
    reports: list[tuple[int, int]] = []
    assert load_demo(library, demo_catalogue(), lambda *report: reports.append(report)) == 600
    assert reports[-1] == (600, 600)
    version = library.version()
    assert load_demo(library, demo_catalogue()) == 0
    assert library.version() == version
    shown = (*demo_creatives(demo_catalogue()), *library.houses())
    assert library.ids() == {creative.creative_id for creative in shown}


@pytest.mark.parametrize(("fault", "said"), [("damaged", "was damaged"), ("missing", "No such"), ("odd", "directory")])
def test_a_picture_that_cannot_be_read_makes_the_library_unavailable(
    library: Library, tmp_path: Path, fault: str, said: str
) -> None:
    creative = library.add(draft(), PNG)
    file = next(tmp_path.glob(f"data/assets/pictures/*/{creative.image_sha256}.png"))
    file.unlink()
    if fault == "damaged":
        file.write_bytes(b"no")
    elif fault == "odd":
        file.mkdir()
    with pytest.raises(Unavailable, match=said) as lost:
        library.picture(creative)
    assert lost.value.part == "assets"


def test_a_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="file"):
        memory_library(tmp_path / "file", bool, SystemClock())
