"""The worker knows the products that the other rooms know."""

from pathlib import Path

import pytest

from services.catalogue.catalogue import demo_catalogue
from services.catalogue.facts_table import FactsTable
from services.common.errors import Misconfigured
from services.common.settings import read
from services.profiles.main import ProfilesSettings, catalogue_of, lookup_of
from services.wire.codec.envelope import Position

OWN = "id,title,category,description,price,colour\nhat-bowler,Bowler hat,Hats,A hat of felt,49.00 EUR,black\n"


def test_a_catalogue_of_ones_own_is_the_one_whose_products_move_interests(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(OWN)
    settings = read(ProfilesSettings, {"ADLOOM_CATALOGUE": str(file)})
    assert set(catalogue_of(settings).facts) == {"hat-bowler"}


def test_a_product_is_what_its_newest_message_says_and_else_what_the_file_says() -> None:
    table = FactsTable(demo_catalogue().vocabulary)
    lookup = lookup_of(table, demo_catalogue())
    assert lookup("tee-breton") is demo_catalogue().facts["tee-breton"]
    table.apply("tee-breton", None, Position(0, 0, 1))
    assert lookup("tee-breton") is None, "it is gone"
    assert lookup("teapot") is None


def test_without_one_it_is_the_demo() -> None:
    assert catalogue_of(ProfilesSettings()) is demo_catalogue()


def test_a_catalogue_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"gone\.json"):
        catalogue_of(ProfilesSettings(catalogue=tmp_path / "gone.json"))
