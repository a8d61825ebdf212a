"""Figures are read for what they are, whatever ends the sentence, and a wrong one is named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.copywriter.offer_words import Moment
from services.copywriter.phrases import figure_text, words_of
from services.screening.claims.check import claims_against
from services.screening.claims.row import row_of

NOW = Moment(datetime(2026, 11, 28, 12, tzinfo=UTC))
ROW = Product(
    title="Hülle für iPhone 15, Modell 501®",
    description="30 x 40 cm. Set of 2 pieces. Size 7.5. A 3-pack. Since 1982. Dünn: 2.5 mm.",
    price_minor=2500, sale_price_minor=2000, currency="EUR", rating=4.8, rating_count=312, quantity=7,
)  # fmt: skip
ROW.sale_until.FromDatetime(datetime(2026, 12, 25, tzinfo=UTC))
READ = row_of(ROW, NOW)
ENDS = (".", "…", "。", "，", "”", "\n", "🔥", "")


def failed(text: str) -> list[str]:
    return [claim.words for claim in claims_against(text, READ) if claim.supported_by is None]


@pytest.mark.parametrize(
    "text",
    [
        "20 €", "20,- €", "nur 20,-", "nur 20.–", "20:-", "20€", "nur20€",
        "EUR20", "€20", "iPhone 15 €20", "€20 statt €25",
        "from €20", "ab 20 €", "20% off", "-20%", "连衣裙-20%", "20 % sparen", "5 € sparen", "5 € Rabatt",
        "4.8/5", "4,8/5星", "4.8★", "4.8⭐️", "★4.8", "Rated 4.8", "Bewertet mit 4,8", "312 reviews",
        "30x40 cm", "30×40cm", "30 cm x 40 cm", "2.5 mm", "Size 7.5", "Größe 7.5", "only 7 left",
        "bis 24.12.", "bis 24.12", "bis zum 24.12.2026", "until 24 Dec", "until Dec 24", "until 24 December 2026",
        "12月24日止",
        "since 1982", "iPhone 15", "501®", "3-pack", "2 Stück", "2 pieces", "3件", "€20千鸟格", "Fr. 24.12.",
    ],
)  # fmt: skip
def test_a_true_figure_passes_whatever_ends_its_sentence(text: str) -> None:
    assert {end: failed(f"{text}{end}") for end in ENDS} == {end: [] for end in ENDS}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("€12.11", "€12.11"), ("12.11 €", "12.11 €"), ("nur 21,-", "21,-"), ("nur21€", "21€"), ("EUR21", "EUR21"),
        ("US$20", "US$20"), ("20–30 €", "30 €"), ("from €21 to €25", "€21"), ("30% off", "30% off"),
        ("连衣裙-30%", "-30%"),
        ("4.9/5", "4.9/5"), ("4.9★", "4.9★"), ("⭐5.0", "★5.0"), ("Rated 4.9", "Rated 4.9"), ("30x50 cm", "50 cm"),
        ("35x40 cm", "35"), ("bis 23.12.", "23.12."), ("bis 23.12", "23.12"), ("until 23 Dec", "23 Dec"),
        ("since 1981", "since 1981"),
        ("iPhone 16", "16"), ("502®", "502"), ("4-pack", "4"), ("5 Stück", "5"),
        ("5 pieces left", "5 pieces left"), ("6件", "6"),
    ],
)  # fmt: skip
def test_a_wrong_figure_is_named(text: str, words: str) -> None:
    assert [end for end in ENDS if not any(words in said for said in failed(f"{text}{end}"))] == []


PUZZLE = Product(
    title="Puzzle box, 29 pieces, 12 trays",
    description="For 4 people, size 38, ab 3 Jahren. For 2 persons. Since 1982.",
    price_minor=3900, currency="EUR", quantity=3, rating=4.6, rating_count=1234,
)  # fmt: skip


def refused(text: str) -> list[str]:
    return [claim.kind for claim in claims_against(text, row_of(PUZZLE, NOW)) if claim.supported_by is None]


@pytest.mark.parametrize(
    "text",
    [
        "Preis: 29", "Jetzt nur 29", "Now 29", "Only 12 today", "Now only 29", "Jetzt ab 29", "Ab 29", "From 29",
        "Für 29", "Jetzt für 29", "Prix 29", "Precio: 29", "Prezzo 29", "Prijs 29", "Solo 29", "Sólo 29", "Ahora 29",
        "Ora 29", "Nu voor 29", "Just 29", "Puzzle ab 29", "Now 29 - shop today",
    ],
)  # fmt: skip
def test_a_bare_number_behind_a_price_word_is_a_price_and_no_count(text: str) -> None:
    assert {end: refused(f"{text}{end}") for end in ENDS} == {end: ["price"] for end in ENDS}
    assert refused(text.replace("29", "39").replace("12", "39")) == []


@pytest.mark.parametrize(
    "text",
    [
        "only 3 left", "Only 3 left!", "now 12 trays", "now 29 pieces", "from 4 people", "for 2 persons", "For 4",
        "für 4 Personen", "Für 4", "ab Größe 38", "Größen ab 38", "Sizes from 38", "ab 3 Jahren", "now in 29 pieces",
        "Only 29-piece box", "Now 12, 29 or 38", "From 1982", "Just 12 trays", "nur 29 Teile", "Buy now\n29 pieces",
    ],
)  # fmt: skip
def test_a_number_of_something_behind_a_price_word_stays_a_count(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize("language", ["cs", "hu", "da", "fi", "hr"])
def test_a_rating_is_read_as_it_is_written_in_languages_without_phrases(language: str) -> None:
    rating, count = figure_text(4.6, language), figure_text(1200, language)
    text = words_of(language).rated.format(rating=rating, count=f"{count}+")
    assert refused(text) == []
    assert refused(text.replace("4", "3")) == ["rating"]
