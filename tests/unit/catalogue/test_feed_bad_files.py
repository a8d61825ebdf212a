"""A file that is damaged, or no feed, is refused as a whole in one sentence: what was not read would count as gone."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from services.catalogue.feeds.overrides import Overrides, read_overrides
from services.catalogue.feeds.readers.archive import unpacked
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.common.errors import Misconfigured
from tests.unit.catalogue.feeds_made import EUROS, read, written

ITEM = "<item><id>{}</id><title>Hat</title><price>1.50 EUR</price></item>"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel>' + ITEM.format("&b;")
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>' + ITEM.format("&a;")


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "."), text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("feed.csv", b"", "is empty"),
        ("feed.csv", b"\xef\xbb\xbf\n \n", "is empty"),
        ("feed.csv", b"\x00" * 100, "is empty"),
        ("feed.csv", b"id,title\x00,price\n", "names of columns"),
        ("feed.csv", ",".join(f"c{number}" for number in range(10_000)).encode(), "10000 columns"),
        ("feed.csv", b"id,title,price,price\n1,Hat,1,2\n", "two columns with the name 'price'"),
        ("feed.csv", b"id,title,costs\n1,Hat,1\n", r"No column was recognised as price; .* \[columns\] price"),
        ("feed.csv", b"x" * 2_000_000, "names of columns"),
        ("feed.csv", b"Handle,Title,Variant Price\nx,Hat,1\n", "does not say the currency"),
        ("feed.xml", b"<rss><channel></channel></rss>", "no item"),
        ("feed.xml", f"<rss><channel>{ITEM.format(1)}{ITEM.format(2)[:40]}".encode(), "cannot be read as XML"),
        ("feed.xml", f"<rss><channel>{ITEM.format(1)}<b>&shop;</b></channel></rss>".encode(), "undefined entity"),
        ("feed.xml", BOMB.encode(), "declares entities"),
        ("feed.xml", OUTSIDE.encode(), "declares entities"),
        ("feed.xml", b"<rss><channel><item><id>" + b"x" * 5_000_000, "element of more than"),
        ("feed.xml", b"<a>" * 2_000_000, "nested deeper"),
        ("feed.xml", b'<?xml version="1.0" encoding="klingon"?><rss/>', "cannot be read as XML"),
        ("feed.xml", b"<!DOCTYPE html><html></html>", "is a web page"),
        ("feed.json", b'[{"id": 1, "title": "Hat", "price": 1}, {"id": 2, ', "breaks off"),
        ("feed.json", b"[1, 2, 3]", "no product"),
        ("feed.json", b"{}", "no product"),
        ("feed.parquet", b"PAR1" + b"x" * 100, "cannot be read"),
        ("feed.csv.gz", gzip.compress(b"id,title,price\n1,Hat,1.50\n")[:-9], "damaged or breaks off"),
        ("feed.csv.gz", b"\x1f\x8bxxxxxxxxxxxx", "damaged"),
        ("feed.zip", b"PK\x03\x04xxxx", "cannot be unpacked"),
        ("feed.xlsx", zipped(**{"[Content_Types].xml": "x"}), "is a spreadsheet"),
        ("feed.zip", zipped(feed__csv="id,title\n"), "No column was recognised as price"),
        ("feed.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "spreadsheet"),
        ("feed.bz2", b"BZh91AY", "bzip2"),
        ("feed.csv.gz", gzip.compress(gzip.compress(b"id,title,price")), "archive within an archive"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_feed_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(Misconfigured, match=sentence):
        read(written(tmp_path, name, content), Overrides())


def test_a_damaged_end_of_parquet_refuses_the_file(tmp_path: Path) -> None:
    pd.DataFrame({"id": range(5_000), "title": "Hat", "price": 1.5}).to_parquet(tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()
    with pytest.raises(Misconfigured, match="cannot be read"):
        read(written(tmp_path, "feed.parquet", content[:-200]))


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="is no file"):
        read(tmp_path / "missing.csv")
    with pytest.raises(Misconfigured, match="has no feed"):
        read(tmp_path)


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, kind: str) -> None:
    inner = "id,title,price\n" + "0" * 8_000_000
    content = gzip.compress(inner.encode()) if kind == "gzip" else zipped(feed__csv=inner)
    file = FeedFile(written(tmp_path, f"feed.{kind}", content), "feed")
    target = tmp_path / "unpacked here"
    target.mkdir()
    with pytest.raises(Misconfigured, match="refused as a bomb"):
        unpacked(file, target, free_bytes=2_000_000)
    assert sum(path.stat().st_size for path in target.iterdir()) < 4_000_000


def test_a_renamed_column_is_named_by_a_mapping(tmp_path: Path) -> None:
    path = written(tmp_path, "feed.csv", "nr;was;kostet;passform;rating\n1;Hut;1.299;weit;x\n")
    mapping = """currency = "EUR"
        decimal = ","
        link = "https://s.example/p/{product_id}"
        [columns]
        product_id = "nr"
        title = ["was"]
        price = "kostet"
        rating = ""
        [attributes]
        fit = "passform"
        """
    products, rejected = read(path, read_overrides(written(tmp_path, "map.toml", mapping)))
    assert not rejected
    assert (products["1"].price_minor, products["1"].link) == (129900, "https://s.example/p/1")
    assert dict(products["1"].attributes) == {"fit": "weit"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", "is not TOML"),
        ('colour = "red"', "key 'colour'; known are currency"),
        ('[columns]\nprise = "x"', "field 'prise'; known are product_id"),
        ("[columns]\nprice = 7", "names of columns"),
        ('currency = "banana"', "currency: 'banana'"),
        ('language = "German"', "language: 'German'"),
        ('decimal = ";"', "decimal: ';'"),
        ('time_zone = "Mars/Base"', "that is none"),
        ('encoding = "klingon"', "that is none"),
        ('link = "https://s.example/{id}"', "that is none"),
        ('link = "s.example/{product_id}"', "that is none: link: 's.example/1'"),
        ("currency = 7", "currency = 7"),
        ("columns = 7", "is a table"),
        ('[columns]\nprice = "kosten"', "names the column 'kosten'; the file has id, title, price"),
    ],
)
def test_a_wrong_mapping_is_refused_by_key_and_value(tmp_path: Path, text: str, sentence: str) -> None:
    path = written(tmp_path, "feed.csv", "id,title,price\n1,Hat,1.50\n")
    with pytest.raises(Misconfigured, match=sentence):
        read(path, read_overrides(written(tmp_path, "map.toml", text)))


def test_the_readme_of_the_mapping_is_a_valid_one(tmp_path: Path) -> None:
    from services.catalogue.feeds import overrides as described

    lines = (described.__doc__ or "").split("\n\n", 1)[1].splitlines()
    overrides = read_overrides(written(tmp_path, "map.toml", "\n".join(line.strip() for line in lines)))
    assert (overrides.currency, overrides.columns["rating"], overrides.attributes) == ("EUR", (), {"fit": "Passform"})
    assert EUROS.columns == {}
