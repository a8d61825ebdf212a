"""What a catalogue's vocabulary holds, and what of it never changes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue import vocabulary
from services.catalogue.vocabulary import SLOTS, Vocabulary, grown

KINDS = ("Kettles", "Pans", "Lamps", "Rugs")


def goods(count: int, seed: int = 0) -> Iterator[Product]:
    chance = Random(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        price = round(chance.lognormvariate(8, 1))
        title = f"{kind[:-1]} model{number}"
        yield Product(
            product_id=f"p{number}", title=title, product_type=f"Home > {kind}", price_minor=price, currency="EUR"
        )


def words_of(made: Vocabulary) -> dict[str, float]:
    return dict(made.word_weights)


def test_order_of_products_does_not_matter() -> None:
    products = list(goods(500))
    Random(1).shuffle(products)
    assert grown(None, products) == grown(None, goods(500))


def test_a_catalogue_larger_than_the_sample_is_counted_by_it_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "SAMPLED", 400)
    products = list(goods(4_000))
    made = grown(None, products)
    assert made == grown(None, reversed(products))
    assert made.products == 4_000
    assert set(made.categories) == {f"home > {kind.casefold()}" for kind in KINDS}


def test_one_product_is_a_catalogue() -> None:
    made = grown(None, goods(1))
    assert (made.version, made.products, list(made.categories)) == (1, 1, ["home > kettles"])
    assert [list(scale.quantiles_minor) for scale in made.price_scales if not scale.category] != []


def test_no_product_gives_a_vocabulary_without_entries() -> None:
    made = grown(None, ())
    assert (made.products, len(made.categories), len(made.price_scales), len(made.word_weights)) == (0, 0, 0, 0)


def of_types(types: Sequence[str]) -> list[Product]:
    return [
        Product(product_id=f"p{number}", title="Thing", product_type=name, price_minor=100, currency="EUR")
        for number, name in enumerate(types)
    ]


def test_a_category_keeps_its_slot_however_the_catalogue_changes() -> None:
    first = grown(None, of_types(["Books > Poems"] * 3 + ["Toys"]))
    later = grown(first, of_types(["Toys"] * 9 + ["Garden > Seeds"] * 5))
    assert list(first.categories) == ["books > poems", "toys"]
    assert list(later.categories) == ["books > poems", "toys", "garden > seeds"]
    assert later.version == 2


def test_where_slots_run_out_the_rest_share_those_of_their_first_level() -> None:
    many = [f"{'AB'[number % 2]} > {number:03}" for number in range(200)]
    made = grown(None, of_types([*many, *many[:100]]))
    slots = vocabulary.slots_by_name(made.categories)
    assert len(made.categories) <= SLOTS - 1
    assert {vocabulary.slot_of(one, slots) for one in of_types(many)} == set(range(1, len(made.categories) + 1))


def test_no_catalogue_gets_more_than_its_slots() -> None:
    made = grown(None, of_types([f"{number}" for number in range(200)]))
    assert len(made.categories) == SLOTS - 1
    assert list(grown(made, of_types(["new"] * 900)).categories) == list(made.categories)


def test_a_product_without_a_type_has_googles_category() -> None:
    product = Product(title="Cup", attributes={"google_product_category": "Home & Garden > Kitchen > Cups"})
    assert vocabulary.category_of(product)[1] == "home & garden > kitchen"
    assert vocabulary.category_of(Product(title="Cup")) == ("", "")


def test_a_common_word_weighs_less_than_a_rare_one() -> None:
    weights = words_of(grown(None, goods(400)))
    assert weights["home"] < weights["lamp"] < 1.0
    assert "model7" not in weights  # as rare as it gets: 1


def test_nothing_new_leaves_the_version_as_it_is() -> None:
    made = grown(None, goods(400))
    assert grown(made, goods(420)) is made
    assert grown(made, goods(800)).version == 2


def test_a_currency_or_a_shift_of_prices_is_worth_a_version() -> None:
    made = grown(None, goods(400))
    yen = [*goods(400), *of_types(["Home > Rugs"])]
    yen[-1].currency, yen[-1].product_id = "JPY", "yen"
    assert grown(made, yen).version == 2
    dearer = list(goods(400))
    for product in dearer:
        product.price_minor *= 2
    assert grown(made, dearer).version == 2


def test_scales_rank_prices_within_category_and_currency() -> None:
    made = grown(None, islice(goods(4_000), 4_000))
    scales = {(scale.category, scale.currency): list(scale.quantiles_minor) for scale in made.price_scales}
    assert set(scales) == {("", "EUR"), *((f"home > {kind.casefold()}", "EUR") for kind in KINDS)}
    prices = sorted(product.price_minor for product in goods(4_000))
    for share in (0.1, 0.5, 0.9):
        assert vocabulary.price_rank(prices[int(share * 4_000)], scales["", "EUR"]) == pytest.approx(share, abs=0.02)
