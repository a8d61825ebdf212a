"""A row that cannot be taken is rejected by itself, with what is wrong; all rows around it are taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.catalogue.feeds.overrides import Overrides
from services.catalogue.feeds.rows import MOST_CELL_CHARACTERS
from services.common.errors import Misconfigured
from tests.unit.catalogue.feeds_made import read, reasons, table, written

HEADER = (
    "id", "title", "description", "price", "currency", "link", "image link", "availability", "quantity",
    "sale price", "sale price effective date", "rating", "language", "brand",
)  # fmt: skip
GOOD = dict(zip(HEADER, ("a", "Hat", "", "29.90", "EUR", *[""] * 9), strict=True))

WRONG = [
    ({"id": ""}, "no_id", "product_id"),
    ({"id": "x" * 300}, "too_long", "product_id"),
    ({"id": "first"}, "double_id", "product_id"),
    ({"id": "\x00"}, "undecodable", "product_id"),
    ({"title": ""}, "no_title", "title"),
    ({"title": "<b></b>"}, "no_title", "title"),
    ({"title": "x" * 151}, "too_long", "title"),
    ({"title": "Hat \ufffd"}, "undecodable", "title"),
    ({"price": ""}, "no_price", "price"),
    ({"price": "0"}, "money", "price"),
    ({"price": "-1"}, "money", "price"),
    ({"price": "1000000000000"}, "money", "price"),
    ({"price": "2980.50", "currency": "JPY"}, "money", "price"),
    ({"price": "true"}, "money", "price"),
    ({"currency": "banana"}, "currency", "currency"),
    ({"currency": "DEM"}, "currency", "currency"),
    ({"currency": ""}, "currency", "price"),
    ({"price": "29.90 USD"}, "currency", "price"),
    ({"link": "javascript:alert(1)"}, "link", "link"),
    ({"link": "s.example/1"}, "link", "link"),
    ({"link": "https://s.example/" + "x" * 2000}, "too_long", "link"),
    ({"image link": "data:text/html,x"}, "image", "image_links"),
    ({"image link": "../../etc/passwd.png"}, "image", "image_links"),
    ({"availability": "perhaps"}, "availability", "availability"),
    ({"quantity": "1.5"}, "quantity", "quantity"),
    ({"quantity": "1e999999"}, "quantity", "quantity"),
    ({"sale price": "39.90"}, "sale", "sale_price"),
    ({"sale price": "9.90", "sale price effective date": "soon"}, "sale", "sale_dates"),
    ({"sale price": "9.90", "sale price effective date": "2026-11-27T00:00/2026-11-27T23:59"}, "sale", "sale_until"),
    ({"sale price": "9.90", "sale price effective date": "2026-11-27T00:00Z/2026-11-26T00:00Z"}, "sale", "sale_until"),
    ({"rating": "92"}, "rating", "rating"),
    ({"language": "German"}, "language", "language"),
    ({"brand": "x" * 71}, "too_long", "brand"),
    ({"title": "https://s.example/1"}, "slipped", "title"),
    ({"title": "29.90 EUR"}, "slipped", "title"),
    ({"price": "//s.example/1.jpg"}, "slipped", "price"),
    ({"quantity": "https://s.example/1"}, "slipped", "quantity"),
    ({"brand": "€1.299,00"}, "slipped", "brand"),
    ({"brand": "in_stock"}, "slipped", "brand"),
    ({"currency": "9.90"}, "slipped", "currency"),
    ({"description": "x" * 900_000}, "too_long", "description"),
    ({"description": "x" * 1_048_576}, "too_long", "row"),
]


@pytest.mark.parametrize(("wrong", "reason", "field"), WRONG, ids=lambda one: str(one)[:40])
def test_a_wrong_row_is_rejected_and_its_neighbours_are_taken(
    tmp_path: Path, wrong: dict[str, str], reason: str, field: str
) -> None:
    rows = [GOOD | {"id": "first"}, GOOD | wrong, GOOD | {"id": "last"}]
    path = written(tmp_path, "feed.csv", table(HEADER, [tuple(row.values()) for row in rows]))
    products, rejected = read(path, Overrides())
    assert set(products) == {"first", "last"}
    assert reasons(rejected) == [(3, reason, field)]
    assert rejected[0].error.startswith(f"{field}: ")


def test_what_only_looks_as_if_it_had_slipped_is_taken(tmp_path: Path) -> None:
    titles = ("1984", "$50 Gift Card", "EUR 38.5", "AC/DC // Live", "Shirt 29.90 EUR", "EDT 100.00")
    rows = [(str(number), title, "EUR 38", "9.90") for number, title in enumerate(titles)]
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "size", "price"), rows)))
    assert not rejected
    assert tuple(product.title for product in products.values()) == titles


def test_the_id_of_a_rejected_row_is_free_for_a_later_one(tmp_path: Path) -> None:
    products, rejected = read(
        written(tmp_path, "feed.csv", "id,title,price\n1,,1.50\n1,Hat,x\n1,Hat,2.50\n1,Hat,3.50\n")
    )
    assert products["1"].price_minor == 250
    assert [(one.position.number, one.reason) for one in rejected] == [(2, "no_title"), (3, "money"), (5, "double_id")]


def test_texts_are_plain_and_scripts_are_gone(tmp_path: Path) -> None:
    body = "<p onclick=x>Warm &amp; <b>dry</b></p><script>alert(1)</script> &lt;i&gt;5 &lt; 6&lt;/i&gt;\u202e"
    rows = [("a", "Cafe\u0301 &amp;amp; Co\x07", body, "1.50"), ("b", "Size <M>", "x " * 5_000, "1.50")]
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "description", "price"), rows)))
    assert not rejected
    assert (products["a"].title, products["a"].description) == ("Café & Co", "Warm & dry\n5 < 6")
    assert products["b"].title == "Size <M>"
    assert 4_990 < len(products["b"].description) <= 5_000


def test_a_quote_that_never_ends_costs_its_own_row(tmp_path: Path) -> None:
    lines = [f'{number},"Hat, {number}",1.50' for number in range(3_000)]
    lines[4] = '4,"Hat, 4,1.50'
    lines[9] = '9,Monitor 24" wide,1.50'
    lines[11] = '11,"two\nlines ""quoted""",1.50'
    lines[13] = '13,"a" b,1.50'
    products, rejected = read(written(tmp_path, "feed.csv", "\n".join(["id,title,price", *lines])))
    assert len(products) == 2_998
    assert (products["9"].title, products["11"].title) == ('Monitor 24" wide', 'two lines "quoted"')
    assert [(one.reason, one.position.number) for one in rejected] == [("quotes", 6), ("quotes", 16)]


def test_quotes_that_never_end_in_every_row_do_not_take_for_ever(tmp_path: Path) -> None:
    lines = "".join(f'{number},"Hat {number},1.50\n' for number in range(3_001))
    products, rejected = read(written(tmp_path, "feed.csv", f"id,title,price\n{lines}last,Bag,1.50\n"))
    assert set(products) == {"last"}
    assert len(rejected) == 3_001


def test_programs_that_write_tabs_without_quoting_are_understood(tmp_path: Path) -> None:
    products, rejected = read(written(tmp_path, "feed.tsv", 'id\ttitle\tprice\n1\t"Best" hat\t1.50\n2\t"Cap"\t2.50\n'))
    assert not rejected
    assert (products["1"].title, products["2"].title) == ('"Best" hat', "Cap")


def test_rows_with_too_many_or_too_few_cells_are_rejected(tmp_path: Path) -> None:
    text = "id,title,price\n1,Hat,1.50\n2,Hat\n3,Hat,1.50,,\n4,Hat,1,50\n" + "5," * 10_000 + "\n6,Hat,1.50\n"
    products, rejected = read(written(tmp_path, "feed.csv", text))
    assert set(products) == {"1", "3", "6"}
    assert reasons(rejected) == [(3, "columns", "row"), (5, "columns", "row"), (6, "columns", "row")]


def test_of_a_file_in_two_encodings_the_rows_of_the_smaller_part_are_rejected(tmp_path: Path) -> None:
    rows = [f"{number},Größe {number},1.50\n".encode() for number in range(9)]
    rows[4] = "4,Größe 4,1.50\n".encode("latin-1")
    products, rejected = read(written(tmp_path, "feed.csv", b"id,title,price\n" + b"".join(rows)))
    assert len(products) == 8
    assert reasons(rejected) == [(6, "undecodable", "title")]


def test_bad_lines_of_json_are_rejected_by_themselves(tmp_path: Path) -> None:
    good = {"id": "a", "title": "Hat", "price": 1.5}
    wrong = [
        '{"id": "b", "id": "c", "title": "Hat", "price": 1.5}',
        json.dumps(good | {"id": "d", "title": "\ud800"}),
        json.dumps(good | {"id": "e", "price": True}),
        json.dumps(good | {"id": True}),
        json.dumps(good | {"id": "f", "price": float("nan")}),
        json.dumps(good | {"id": "g", "title": None}),
        json.dumps(good | {"id": "h", "price": 10**30}),
        "[1, 2]",
        "{" * 100_000,
        '{"id": "i"',
        json.dumps(good | {"id": "j", "title": "x" * (MOST_CELL_CHARACTERS + 1)}),
        json.dumps(good | {f"column {number}": 1 for number in range(10_000)}),
        '{"id": "k", "title": "Hat", "price": ' + "9" * 5_000 + "}",
    ]
    lines = [json.dumps(good), *wrong, json.dumps(good | {"id": "last"})]
    products, rejected = read(written(tmp_path, "feed.jsonl", "\n".join(lines)))
    assert set(products) == {"a", "last"}
    assert [one.reason for one in rejected] == [
        "undecodable", "undecodable", "money", "invalid", "undecodable", "no_title", "money", "undecodable",
        "undecodable", "undecodable", "too_long", "columns", "money",
    ]  # fmt: skip


def test_no_text_takes_longer_to_read_than_its_length_asks_for(tmp_path: Path) -> None:
    # With the parser of the standard library the second text alone takes 104 s, and the test its limit of 120.
    longest = MOST_CELL_CHARACTERS - 3
    texts = [(piece * MOST_CELL_CHARACTERS)[:longest] for piece in ("<!--", "<a ", "&lt;", "<a b='", "<p>")]
    rows = [(str(number), "Hat", f"<b>{text}", "1.50") for number, text in enumerate(texts)]
    products, _ = read(written(tmp_path, "feed.csv", table(("id", "title", "description", "price"), rows)))
    assert len(products) == len(texts)


def test_variants_of_a_group_that_do_not_fit_it_are_rejected(tmp_path: Path) -> None:
    rows = [
        ("v1", "Dress", "29 EUR", "g", "S"),
        ("v2", "Dress", "29 USD", "g", "M"),
        ("v1", "Dress", "29 EUR", "g", "L"),
        ("v3", "Dress", "", "g", "XL"),
        ("v4", "Dress", "19 EUR", "g", "XXL"),
        ("p", "Plain", "9 EUR", "", ""),
        ("v5", "Dress", "19 EUR", "p", "S"),
        ("v6", "", "19 EUR", "h", "S"),
    ]
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "price", "group id", "size"), rows)))
    assert {key: product.size for key, product in products.items()} == {"g": "S/XXL", "p": ""}
    assert sorted(reasons(rejected)) == [
        (3, "currency", "currency"),
        (4, "double_id", "product_id"),
        (5, "no_price", "price"),
        (8, "double_id", "product_id"),
        (9, "no_title", "title"),
    ]


def test_a_group_larger_than_a_message_is_rejected_row_by_row(tmp_path: Path) -> None:
    options = [name for number in range(1, 11) for name in (f"Option{number} Name", f"Option{number} Value")]
    header = ("Handle", "Title", "Variant SKU", "Variant Price", *options)
    chosen = [cell for number in range(10) for cell in (f"Fit {number}", "x" * 1_000)]
    rows = [("big", "Hat", f"v{number}", "1.50", *chosen) for number in range(120)]
    path = written(tmp_path, "feed.csv", table(header, [*rows, ("small", "Cap", "c", "2.50", *[""] * 20)]))
    products, rejected = read(path)
    assert set(products) == {"small"}
    assert {(one.reason, one.field) for one in rejected} == {("too_long", "choices")}
    assert len(rejected) == 120


def test_names_of_columns_cannot_write_to_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(written(tmp_path, "feed.csv", "id,title,\x1b[2J\n1,Hat,2\n"))
    assert "\x1b" not in str(refused.value)


def test_no_row_of_a_group_without_a_product_is_lost_in_silence(tmp_path: Path) -> None:
    header = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price", "Image Src", "Status")
    rows = [
        ("ghost", "Hat", "", "", "", "https://s.example/1.jpg", ""),
        ("ghost", "", "", "", "", "https://s.example/2.jpg", ""),
        ("half", "Cap", "Size", "S", "9.00", "https://s.example/3.jpg", "active"),
        ("half", "", "", "M", "5.00", "https://s.example/4.jpg", "archived"),
        *[("many", "Bag", "Size", str(number), "9.00", "", "") for number in range(2_100)],
    ]
    products, rejected = read(written(tmp_path, "feed.csv", table(header, rows)))
    assert set(products) == {"half"}
    assert (products["half"].size, len(products["half"].image_links)) == ("S", 1)
    assert [(one.position.number, one.reason) for one in rejected if one.position.number < 6] == [
        (2, "no_price"),
        (3, "no_price"),
        (5, "not_published"),
    ]
    assert [one.reason for one in rejected].count("too_many") == 2_100
