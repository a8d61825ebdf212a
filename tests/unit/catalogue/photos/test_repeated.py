"""A shop's "no image" is told apart from a photo that variants have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.catalogue.photos.links import Plan
from services.catalogue.photos.repeated import Named, Repeated
from services.catalogue.photos.tally import Tally

TITLES = ("Breton tee", "Desk lamp", "Wool hat", "Blue mug", "Oak table", "Steel kettle")
GREY = "ab" * 32


def shop(*rows: tuple[str, str], group: str = "") -> dict[str, Named]:
    """Titles and links."""
    return {f"p{number}": Named(link, group, title) for number, (title, link) in enumerate(rows)}


def repeated_in(products: dict[str, Named], photos: dict[str, str]) -> Repeated:
    repeated = Repeated()
    for link, sha256 in photos.items():
        repeated.put_photo(link, sha256)
    for product_id, named in products.items():
        repeated.put_product(product_id, named)
    return repeated


@pytest.mark.parametrize(
    ("products", "is_repeated"),
    [
        (shop(*((title, "none.jpg") for title in TITLES[:5])), True),
        (shop(*((title, f"{title}.jpg") for title in TITLES[:5])), True),  # the same content under many links
        (shop(*((title, "none.jpg") for title in TITLES[:4])), False),
        (shop(*((title, "none.jpg") for title in TITLES), group="g"), False),
        (shop(*((f"Breton tee, size {number}", "tee.jpg") for number in range(30))), False),
    ],
)
def test_five_unrelated_products_make_a_photo_one_of_none(products: dict[str, Named], is_repeated: bool) -> None:
    repeated = repeated_in(products, {named.link: GREY for named in products.values()})
    assert (GREY in repeated) is is_repeated
    assert len(repeated) == is_repeated


def test_who_is_to_be_looked_at_again_is_told_when_it_turns() -> None:
    products = shop(*((title, f"{title}.jpg") for title in TITLES))
    repeated = repeated_in(dict(list(products.items())[:4]), {named.link: GREY for named in products.values()})
    assert repeated.put_product("p4", products["p4"]) == {f"p{number}" for number in range(5)}
    assert repeated.put_product("p5", products["p5"]) == set()
    assert repeated.put_product("p5", products["p5"]) == set()
    assert repeated.put_product("p5", None) == set()
    assert repeated.put_photo(products["p4"].link, "cd" * 32) == {f"p{number}" for number in range(4)}
    assert GREY not in repeated


def test_they_are_reported_one_by_one(tmp_path: Path) -> None:
    products = shop(*((title, "none.jpg") for title in TITLES))
    tally = Tally(Plan(6, (), ()))
    tally.note(repeated_in(products, {"none.jpg": GREY}), products)
    assert tally.facts()["repeated"] == 6
    lines = (tally.write(tmp_path / "rejected.jsonl") or Path("none")).read_text().splitlines()
    assert len(lines) == 6
    assert all(f'"product_id": "p{number}", "reason": "repeated"' in line for number, line in enumerate(lines))
