"""Claims in a language that nobody here can read are unmeasured, which does not pass; names and figures are judged."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, Product
from services.common.verdict import Check
from services.composer.brand_kit import BrandKit
from services.copywriter.offer_words import Moment
from services.copywriter.texts import texts_of
from services.screening.asset import Asset, Grounds
from services.screening.claims.languages import unread_in
from services.screening.policy import policy
from services.screening.screen import verdict_of
from tests.unit.screening.ads import NOON, grounds, judges
from tests.unit.screening.test_claims import HERE, unsupported


def claims_of(text: str, held: Grounds | None = None) -> Check:
    headline, _, body = text.partition("\n")
    verdict = verdict_of(Asset("words", "", headline, body), held or grounds(), judges(), policy()).verdict
    return next(check for check in verdict.checks if check.check == "claims")


@pytest.mark.parametrize("language", ["fr", "es", "it", "nl"])
def test_twelve_false_texts_are_found_and_twelve_true_ones_pass(language: str) -> None:
    """Written by the one who wrote the patterns, after them: a net that holds what it was made for."""
    with (Path(HERE) / f"claims_{language}.tsv").open(encoding="utf-8", newline="") as file:
        texts = list(csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE))
    assert len(texts) == 24
    wrong = [text for row, truth, text in texts if bool(unsupported(text, row)) is not (truth == "false")]
    sys.stdout.write(f"\n{language}: wrong in {wrong}\n")
    assert not wrong


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("O saco de todos os dias, sempre seu", "Portuguese"),
        ("Frete grátis", "Portuguese"),
        ("Bästa väskan i världen", "Swedish"),
        ("Najlepsza torba na świecie", "Polish"),
        ("Nejlepší taška na světě", "Czech"),
        ("Dünyanın en iyi çantası", "Turkish"),
        ("A világ legjobb táskája", "Hungarian"),
        ("Maailman paras laukku", "Finnish"),
        ("Tas terbaik di dunia", "Indonesian"),
        ("Лучшая сумка, пожизненная гарантия", "Cyrillic letters"),
        ("毎日のバッグ、ずっと", "Japanese"),
        ("أفضل حقيبة في العالم", "Arabic letters"),
        ("Breton tee\nA melhor camisa de sempre", "Portuguese"),
        ("Kvi trunar nokre plagg hjartans", "a language that cannot be told"),
    ],
)
def test_a_line_in_another_language_is_unmeasured_and_says_so(text: str, language: str) -> None:
    check = claims_of(text)
    assert (check.passes, check.measured) == (False, False)
    assert f"this seems to be {language}: somebody who reads it has to look" in check.why


@pytest.mark.parametrize(
    "text",
    [
        "Nuvola Breeze",
        "Leinenhemd mit Stehkragen",
        "Robe de soirée",
        "De tas voor elke dag",
        "Smørrebrød board, made with love",
    ],
)
def test_names_and_languages_that_can_be_read_are_measured(text: str) -> None:
    assert claims_of(text).measured


def test_names_are_not_taken_for_another_language_and_its_sentences_are() -> None:
    with (Path(HERE) / "lines_of_languages.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE))
    assert min(sum(kind == said for said, _ in lines) for kind in ("read", "unread")) >= 20
    assert [(line, found) for kind, line in lines if bool(found := unread_in(line)) is not (kind == "unread")] == []


@pytest.mark.parametrize("text", ["Só 19 €", "−70 %", "Только 19 €", "★★★★★"])
def test_figures_are_judged_in_every_language(text: str) -> None:
    check = claims_of(text)
    assert (check.passes, check.measured) == (False, True)
    assert "would have to say so" in check.why


@pytest.mark.parametrize(
    ("language", "title", "description"),
    [
        ("pt", "Saco de lona encerada", "Saco grande de lona com alças de couro. O bolso interior fecha com fecho."),
        ("ru", "Льняная рубашка", "Рубашка из льна с воротником-стойкой."),
        ("ja", "リネンのシャツ", "麻100%の長袖シャツです。"),
        ("sv", "Linneskjorta med ståkrage", "Skjorta i linne för varma dagar."),
    ],
)
def test_what_the_studio_writes_of_a_row_is_borne_out_by_the_row(language: str, title: str, description: str) -> None:
    row = Product(title=title, description=description, language=language, price_minor=2900, currency="EUR")
    row.rating, row.rating_count, row.availability = 4.6, 312, IN_STOCK
    kit = BrandKit(call_to_action={language: "Ver agora mesmo"})
    written = [texts for format_ in ("300x250", "1080x1080") for texts in texts_of(row, Moment(NOON), format_, kit)]
    assert written
    for texts in written:
        asset = Asset("words", "", texts.headline, texts.body, texts.call_to_action)
        verdict = verdict_of(asset, Grounds(Moment(NOON), row, kit, language), judges(), policy()).verdict
        check = next(check for check in verdict.checks if check.check == "claims")
        assert check.passes, (texts, check.why)


def test_moms_everywhere_are_a_claim() -> None:
    assert [claim.kind for claim in unsupported("Loved by moms everywhere")] == ["popularity"]
