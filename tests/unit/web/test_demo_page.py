"""The pages of the demo shop."""

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
