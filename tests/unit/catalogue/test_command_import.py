"""`adloom catalogue import` says how it read a feed and what it changes, and what it cannot do yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.tools.stack.state_dir import ROOT
from tests.unit.catalogue.feeds_made import written

KEYS = ["version", "read", "new", "changed", "gone", "unchanged"] + [
    "rejected",
    "rejected_by_reason",
    "rejected_file",
    "seconds",
]


def adloom(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])  # as the working folder is another
    environ = {**os.environ, "ADLOOM_HOME": str(home), "PYTHONPATH": path}
    command = [sys.executable, "-m", "services.cli.main", "catalogue", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=home)


def test_a_dry_run_prints_the_facts_and_keeps_the_rejected_rows(tmp_path: Path) -> None:
    feed = written(tmp_path, "feed.csv", "id;titel;preis\n1;Größe 38;1.299 €\n2;Hut;29,90 €\n3;Hut;0\n")
    done = adloom(tmp_path, "import", str(feed), "--dry-run", "--json")
    facts = json.loads(done.stdout)
    assert list(facts) == KEYS
    assert (facts["read"], facts["new"], facts["rejected"]) == (3, 2, 1)
    assert facts["rejected_by_reason"] == {"currency": 1}
    assert "price <- preis" in done.stderr
    rejected = Path(facts["rejected_file"])
    assert rejected.is_relative_to(tmp_path)
    assert json.loads(rejected.read_text())["row"] == 4


def test_a_dry_run_shows_products_as_people_read_them(tmp_path: Path) -> None:
    feed = written(tmp_path, "feed.csv", "id,title,price\n1,ワンピース,2980\n")
    mapping = written(tmp_path, "map.toml", 'currency = "JPY"\nlanguage = "en"\n')
    done = adloom(tmp_path, "import", str(feed), "--dry-run", "--mapping", str(mapping), "--language", "ja")
    assert done.stdout.splitlines()[0] == "+ 1  ￥2,980  ワンピース"
    assert "1 row read" in done.stdout


def test_of_each_reason_the_first_rejected_row_is_shown(tmp_path: Path) -> None:
    feed = written(tmp_path, "feed.csv", "id,title,price\n1,Hat,JPY 2980.50\n2,Cap,JPY 1.5\n3,,JPY 5\n4,Tie,JPY 9\n")
    lines = adloom(tmp_path, "import", str(feed), "--dry-run").stdout.splitlines()
    assert lines[1:3] == [
        "rejected: feed.csv, row 2 (1): price: 'JPY 2980.50' where a whole amount of JPY was expected",
        "rejected: feed.csv, row 4 (3): title: nothing where a title was expected",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("feed.csv",), "adloom: no stack of"),
        (("missing.csv", "--dry-run"), "adloom: missing.csv is no file"),
        (("feed.csv", "--dry-run", "--currency", "x"), "adloom: currency: 'x'"),
        (("feed.csv", "--dry-run", "--mapping", "no.toml"), "adloom: The mapping no.toml cannot be read"),
    ],
)
def test_what_an_import_cannot_do_is_said_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    written(tmp_path, "feed.csv", "id,title,price\n1,Hat,1.50 EUR\n")
    done = adloom(tmp_path, "import", *words)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith(sentence)


def test_photos_are_those_of_a_running_stacks_products(tmp_path: Path) -> None:
    done = adloom(tmp_path, "photos")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("adloom: no stack of")
