"""The pages of the demo shop."""

from dataclasses import replace

from tests.unit.web.web_under_test import WebUnderTest


def test_goods_stand_in_their_departments_with_sale_rating_and_language(web: WebUnderTest) -> None:
    page = web.client().get("/demo").text
    assert [name for name in ("Clothing", "Home", "Outdoor") if f"<h2>{name}</h2>" in page] == [
        "Clothing", "Home", "Outdoor",
    ]  # fmt: skip
    assert "€25.00 <s>€29.00</s>" in page
    assert "★ 4.6 (213)" in page
    assert page.count('lang="zh"') == 15


def test_a_product_s_page_shows_its_picture_and_what_its_row_says(web: WebUnderTest) -> None:
    page = web.client().get("/demo?product=bottle-steel").text
    assert all(said in page for said in ("Insulated steel bottle", "Stainless steel", "500 ml · 750 ml", "€32.00"))
    assert web.client().get("/demo/bottle-steel.webp").content[8:12] == b"WEBP"


def test_goods_that_are_gone_are_not_shown_and_an_own_feed_leaves_the_ads_alone(web: WebUnderTest) -> None:
    web.parts = replace(web.parts, pages={"bottle-steel": None})
    assert "Insulated steel bottle" not in web.client().get("/demo").text
    assert web.client().get("/demo?product=bottle-steel").status_code == 404
    assert web.client().get("/demo/bottle-steel.webp").status_code == 404
    web.parts = replace(web.parts, pages={one.product_id: None for one in web.parts.catalogue.products})
    page = web.client().get("/demo").text
    assert "Your own goods" in page
    assert page.count("data-adloom=") == 3
