"""What a text claims has its source in the row or in the allowed claims, or the text fails.

`claims_en.tsv` and `claims_zh.tsv` hold 400 texts as agencies write them, half of them true of a row of
`claims_rows.json`. They were written before the patterns were. Three of five (by a hash of the text) were used to
tune the patterns, the others never: both are held to the promise.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from google.protobuf.json_format import ParseDict

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.copywriter.offer_words import Moment
from services.screening.claims.check import check_of, claims_in
from services.screening.claims.claim import Claim

HERE = Path(__file__).parent
ROWS = {
    name: ParseDict({"product_id": name, "availability": "IN_STOCK", **row}, Product())
    for name, row in json.loads((HERE / "claims_rows.json").read_text("utf-8")).items()
}
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
SHOPS = {
    "en": (ZoneInfo("UTC"), ("Free returns within 30 days", "Free shipping over €50", "Family-run since 1982")),
    "zh": (ZoneInfo("Asia/Shanghai"), ("30天无忧退货", "满99元包邮", "1982年创立的家族企业")),
}
FOUND, FALSE_ALARMS = 0.95, 0.05  # of issue 13


def unsupported(text: str, row: str = "tote", language: str = "en") -> list[Claim]:
    zone, allowed = SHOPS[language]
    found = claims_in(text, ROWS[row], Moment(NOON, zone), allowed)
    return [claim for claim in found if claim.supported_by is None]


def is_held_out(text: str) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 < 2


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("held_out", [False, True], ids=["tuned on", "held out"])
def test_false_claims_are_found_and_true_ones_pass(language: str, held_out: bool) -> None:
    with (HERE / f"claims_{language}.tsv").open(encoding="utf-8", newline="") as file:
        read = csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE)
        texts = [row for row in read if is_held_out(row[2]) is held_out]
    failed = {(truth, text) for row, truth, text in texts if unsupported(text, row, language)}
    of = {truth: sum(row[1] == truth for row in texts) for truth in ("true", "false")}
    failed_of = {truth: sum(one == truth for one, _ in failed) for truth in ("true", "false")}
    sys.stdout.write(f"\n{language}: claims fail in {failed_of} of {of} texts\n")  # shown by -s
    assert len(texts) > 70
    assert failed_of["false"] >= FOUND * of["false"]
    assert failed_of["true"] <= FALSE_ALARMS * of["true"]


def test_a_claim_says_which_words_failed_where_and_what_would_have_supported_them() -> None:
    (claim,) = unsupported("Waxed canvas, now €59!")
    assert (claim.kind, claim.words, claim.span) == ("price", "€59", (18, 21))
    check = check_of([claim])
    assert (check.check, check.score, check.passes) == ("claims", 1.0, False)
    assert check.why == '"€59": price would have to say so, or the shop\'s allowed claims'


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Now 69,00 € instead of EUR 89.00", "tote"),
        ("Cost: 1.299,00 元", "冲锋衣"),
        ("一千二百九十九元", "冲锋衣"),
        ("七折", "帐篷"),
        ("优惠百分之三十", "帐篷"),
        ("Pitches in 300 seconds, weighs 1900 grams", "tent"),
        ("Biobaumwolle, zertifiziert", "tee"),
        ("Not waterproof. Water-repellent.", "tote"),
        ("Ends on 24 December 2026", "tote"),
        ("Angebot bis 24.12.2026", "tote"),
    ],
)
def test_figures_and_meanings_are_the_same_in_each_writing(text: str, row: str) -> None:
    assert [claim.words for claim in unsupported(text, row)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Ｔｈｅ ｂｅｓｔ tote ever",
        "The be\u200bst tote ever",
        "Nummer eins",
        "The tote with a 50 % discount",
        "八折優惠，銷量第一",
        "$69",
        "Free shipping",
        "Ends on 23 December",
        "Three zip pockets",
        "Nothing beats this tote",  # from here on: found missing when texts were written to get by
        "A third off the waxed tote",
        "In any weather",
        "洗一百次还像新的",
        "小孩摔也不怕",
    ],
)
def test_a_claim_is_found_in_whatever_letters_it_is_written(text: str) -> None:
    assert unsupported(text)


@pytest.mark.parametrize("text", ["Tea at three, coffee at eight", "One for you, three for friends", "一年四季"])
def test_numbers_of_idioms_claim_nothing(text: str) -> None:
    assert not claims_in(text, None, Moment(NOON))


def test_an_allowed_claim_supports_its_own_words_alone() -> None:
    assert not unsupported("free  Returns within 30 days")
    assert unsupported("Free returns within 90 days")


def test_without_a_product_only_allowed_claims_are_supported() -> None:
    found = claims_in("Organic, family-run since 1982", None, Moment(NOON), SHOPS["en"][1])
    assert {claim.words: claim.supported_by for claim in found}.pop("Organic") is None
    assert {claim.supported_by for claim in found} == {None, "allowed claims"}


def test_what_the_row_denies_supports_nothing() -> None:
    row = Product(title="Mug", attributes={"organic": "no"}, description="This mug is not dishwasher safe.")
    for text in ("Organic", "Dishwasher safe"):
        assert [claim.supported_by for claim in claims_in(text, row, Moment(NOON))] == [None]


@pytest.mark.parametrize("letter", ["一", "1", "1,", "1 ", "最", "only 3 "])
def test_a_long_run_of_one_sign_is_read_without_an_error(letter: str) -> None:
    assert isinstance(claims_in(letter * 2_500, None, Moment(NOON)), tuple)
