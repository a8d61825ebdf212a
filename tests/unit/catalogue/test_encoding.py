"""The encoding of a feed is found from its own letters, also of files that are nearly all ASCII."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from services.catalogue.feeds.readers.encoding import encoding_of
from tests.unit.catalogue.feeds_made import written

TEXTS = [
    ("cp1252", "Größe für Füße;29,90 €\nKäse und Brötchen;9,90 €\n"),
    ("cp1252", "Vestido de señora con diseño español;29,90 €\nPantalón de niño;15 €\n"),
    ("cp1252", "Robe d'été légère;29,90 €\nPièce détachée, façade dorée;15 €\n"),
    ("cp1252", "Calção de menina;29,90 €\nBlusão não aquecido;15 €\nCoração\n"),
    ("cp1252", "Blå klänning för sommar;299 kr\nStövlar i äkta läder;990 kr\n"),
    ("cp1252", "Città più bella;29 €\nCaffè perché\n"),
    ("cp1250", "Sukienka w kwiaty żółta;29,90 zł\nKoszula męska\nSpódnica, łóżko\n"),
    ("cp1250", "Šaty modré;299 Kč\nPánská košile\nDětské tričko žluté\n"),
    ("cp1250", "Kék ruha nőknek;2990 Ft\nFérfi ing\nGyűrű\n"),
    ("cp1251", "Синее платье из льна;2 990 руб.\nКуртка женская тёплая;5 990 руб.\n"),
    ("koi8_r", "Синее платье из льна;2990\nКуртка женская;5990\n"),
    ("cp1253", "Μπλε φόρεμα;29 €\nΑνδρικό πουκάμισο\n"),
    ("cp1254", "Mavi elbise;299 TL\nKışlık çizme\nÇocuk ayakkabısı gömleği\n"),
    ("cp1255", "שמלה כחולה מפשתן לקיץ;29\nחולצת גברים מכותנה;19\nתיק עור חום עם רצועה ארוכה;99\n"),
    ("cp1256", "فستان أزرق من الكتان;16.000 د.ك\nمحفظة جلدية للرجال\n"),
    ("cp932", "青いワンピース,2980円\n革の財布,9800円\n"),
    ("euc_jp", "青いワンピース,2980円\n革の財布,9800円\n"),
    ("gb18030", "蓝色亚麻连衣裙,299元\n男士皮革钱包,199元\n"),
    ("big5", "藍色亞麻連衣裙,299元\n男士皮革錢包,199元\n"),
    ("cp949", "파란 린넨 원피스,29000원\n남성 가죽 지갑\n"),
    ("utf-16-le", "蓝色亚麻连衣裙,299元\n"),
    ("utf-16-be", "blue dress,299\n"),
]


@pytest.mark.parametrize(("encoding", "text"), TEXTS, ids=lambda one: str(one)[:12])
def test_the_encoding_is_told_by_the_letters_of_the_language(tmp_path: Path, encoding: str, text: str) -> None:
    whole = "id;title;price\n" + "1;plain;2\n" * 100 + text
    path = written(tmp_path, "feed.csv", whole, encoding)
    assert path.read_bytes().decode(encoding_of(path)) == whole


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_a_mark_says_the_encoding_and_is_no_text(tmp_path: Path, mark: bytes) -> None:
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    path = written(tmp_path, "feed.csv", mark + "id,größe".encode(encoding.get(mark, "utf-32-le")))
    assert path.read_text(encoding_of(path)) == "id,größe"


def test_a_single_line_longer_than_what_is_read_at_once_is_utf_8(tmp_path: Path) -> None:
    assert encoding_of(written(tmp_path, "feed.json", "[" + '"青いワンピース",' * 20_000 + "]")) == "utf-8"
