"""An import reaches `ad.products` whole or not at all, and importing twice changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.assets.pictures.picture_store import pictures_in
from services.catalogue.kafka_products import KafkaProducts
from services.catalogue.photos.kafka_photos import photos_now
from services.catalogue.ports import Change
from services.common.clock import SystemClock
from services.common.topics import PRODUCTS
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import ROOT, StateDir
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower
from tests.conftest import stack_environ
from tests.unit.catalogue.photos.pictures_made import picture
from tests.waiting import wait_for

ADLOOM = (sys.executable, "-m", "services.cli.main")
ROWS = {"tee": "Tee,29.00 EUR,in stock", "bag": 'Tasche,"1.299,00 EUR",in stock', "cap": "Kappe,0 EUR,in stock"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Kafka whose topics only this module writes."""
    state_dir = StateDir(tmp_path_factory.mktemp("own")).make()
    with tied_stack(state_dir, stack_environ(), only=("kafka", "topics")) as running:
        yield running


def catalogue(own: RunningStack, folder: Path, *words: str) -> dict[str, Any]:
    """What a command prints as JSON."""
    environ = {**stack_environ(), "ADLOOM_KAFKA": own.kafka, "ADLOOM_HOME": str(folder / "home")}
    command = [*ADLOOM, "catalogue", *words, "--json"]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def feed_of(folder: Path, rows: dict[str, str]) -> str:
    feed = folder / "feed.csv"
    feed.write_text("id,title,price,availability\n" + "".join(f"{name},{row}\n" for name, row in rows.items()))
    return str(feed)


def imported(own: RunningStack, folder: Path, rows: dict[str, str], *options: str) -> dict[str, Any]:
    """What the command prints after it has read a feed of these rows."""
    facts = catalogue(own, folder, "import", feed_of(folder, rows), *options)
    return {name: facts[name] for name in ("new", "changed", "gone", "unchanged", "rejected")}


def test_a_feed_is_taken_and_what_it_changes_is_counted(own: RunningStack, tmp_path: Path) -> None:
    nothing = {"new": 0, "changed": 0, "gone": 0, "unchanged": 0, "rejected": 0}
    products = KafkaProducts(own.kafka, SystemClock())
    assert imported(own, tmp_path, ROWS, "--dry-run") == {**nothing, "new": 2, "rejected": 1}
    assert products.digests() == {}
    assert imported(own, tmp_path, ROWS) == {**nothing, "new": 2, "rejected": 1}
    assert imported(own, tmp_path, ROWS) == {**nothing, "unchanged": 2, "rejected": 1}
    assert products.digests().keys() == {"tee", "bag"}
    cheaper = {"tee": ROWS["tee"].replace("29", "19"), "cap": ROWS["cap"].replace("0", "9")}
    assert imported(own, tmp_path, cheaper) == {**nothing, "new": 1, "changed": 1, "gone": 1}
    assert products.digests().keys() == {"tee", "cap"}
    assert imported(own, tmp_path, {**cheaper, "cap": "Kappe,9 EUR,sold out"})["changed"] == 1
    assert products.sold_out() == {"cap"}
    renamed = tmp_path / "renamed.csv"
    renamed.write_text((tmp_path / "feed.csv").read_text().replace("availability", "Lager"))
    with pytest.raises(AssertionError, match=r"1 of its products are sold out now \(cap\)"):
        catalogue(own, tmp_path, "import", str(renamed))


def test_an_import_takes_the_photos_of_a_folder_once(own: RunningStack, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "TEE.jpg").write_bytes(picture())
    (photos / "bag.png").write_bytes(b"no picture")
    facts = catalogue(own, tmp_path, "import", feed_of(tmp_path, ROWS), "--force", "--photos", str(photos))["photos"]
    counted = ("wanted", "there", "taken", "refused", "unreachable", "left")
    assert [facts[name] for name in counted] == [2, 0, 1, 1, 0, 0]
    assert json.loads(Path(facts["rejected_file"]).read_text())["link"] == "bag"
    sha256 = photos_now(own.kafka)["tee"].sha256
    assert pictures_in(tmp_path / "home" / "data" / "assets").get(sha256) == picture()
    facts = catalogue(own, tmp_path, "photos")
    assert [facts[name] for name in counted] == [2, 1, 0, 1, 0, 0]


def test_an_import_that_fails_half_way_is_not_seen_and_does_not_hinder_the_next(own: RunningStack) -> None:
    products = KafkaProducts(own.kafka, SystemClock())
    before = products.digests()
    made = [
        pb.Product(
            product_id=f"p{number}", title="P", price_minor=1, currency="EUR", availability=pb.Availability.IN_STOCK
        )
        for number in range(5_000)
    ]

    def changes(upto: int) -> Iterator[Change]:
        for product in made[:upto]:
            yield Change(product.product_id, product)
        if upto < len(made):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        products.apply("v1", changes(4_500))
    assert products.digests() == before
    products.apply("v2", changes(5_000))
    assert len(products.digests()) == len(before) + 5_000


def test_a_follower_passes_over_a_message_on_which_it_fails(own: RunningStack) -> None:
    seen: list[bytes] = []

    def apply(raw: RawRecord) -> None:
        seen.append(raw.key or b"")
        if len(seen) == 1:
            raise RuntimeError("a fault of ours")

    KafkaProducts(own.kafka, SystemClock()).apply("v3", iter([Change("one", None), Change("two", None)]))
    follower = CompactedFollower(own.kafka, PRODUCTS, apply)
    follower.start()
    try:
        wait_for("both messages", lambda: {b"one", b"two"} <= set(seen))
    finally:
        follower.stop(5)
    assert follower.passed_over == 1
