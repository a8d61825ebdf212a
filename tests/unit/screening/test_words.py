"""Texts that only look offensive pass, and those that offend are found: how many of both is held here.

`product_titles.tsv` has titles that shops have and careless lists stop ("Moby-Dick", "Kröver Nacktarsch");
`offensive_texts.tsv` what no shop should say. Both come in rounds: the word lists were mended on the first; the second
was written before that by the same hand, which knew it while it mended; the third afterwards, and nothing was changed
on it. So only the third round's figures tell what is to be expected. Misses are mostly hatred without a curse.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from services.copywriter.offer_words import Moment
from services.screening.asset import Asset, Grounds
from services.screening.judges import Installed
from services.screening.policy import policy
from services.screening.screen import verdict_of
from services.screening.words.lists import lists_of
from tests.unit.screening.ads import NOON

HERE = Path(__file__).parent
JUDGES = Installed()
ASKED = {"unsafe_words", "offence"}


def texts(name: str, round_: int) -> list[str]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE)
        return [text for said, _, text in rows if said == str(round_)]


def alarms(text: str) -> bool:
    verdict = verdict_of(Asset("words", headline=text), Grounds(Moment(NOON)), JUDGES, policy()).verdict
    return any(check.check in ASKED and not check.passes for check in verdict.checks)


@pytest.mark.parametrize(("round_", "count", "most"), [(1, 150, 1), (2, 70, 14), (3, 68, 12)])
def test_titles_that_only_look_offensive_pass(round_: int, count: int, most: int) -> None:
    titles = texts("product_titles.tsv", round_)
    assert len(titles) == count
    assert len(stopped := [title for title in titles if alarms(title)]) <= most, stopped


@pytest.mark.parametrize(("round_", "count", "most"), [(1, 60, 3), (2, 30, 15), (3, 35, 17)])
def test_texts_that_offend_are_found(round_: int, count: int, most: int) -> None:
    offending = texts("offensive_texts.tsv", round_)
    assert len(offending) == count
    assert len(missed := [text for text in offending if not alarms(text)]) <= most, missed


def test_words_are_found_in_other_spellings_and_not_in_what_is_passed_over() -> None:
    lists = lists_of({"en": ["fuck", "shit", "tit"]}, ["great tit"])
    assert lists.found_in("F*ck, sh1t and F.U.C.K") == ("fuck", "shit")
    assert lists.found_in("A great-tit box; model T1T, 5 h 17") == ()
    assert lists.found_in("a tit in the great tit's box") == ("tit",)
