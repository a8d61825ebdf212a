"""Real purchases by real titles: do vectors say which product a customer takes next, and which new product?

Online Retail (`online_retail.parquet`), a shop for household goods and gifts whose feed has titles and prices and no
categories. At each invoice the shopper is on the page of one of its products, after the earlier invoices; then 20
candidates stand in for ads: one other product of the invoice that this customer never took before, and 19 drawn from
the products sold by then. "Clicked" is the one that was taken. Profiles and rows are made by the functions that serve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.facts import ProductFacts, Scales, facts_of
from services.catalogue.vocabulary import grown
from services.features.creative_columns import CreativeColumns, CreativeFacts, creative_columns
from services.features.profile import Interaction, Kind, Profile, apply, apply_all, micros
from services.features.segments import segment_of
from services.features.vector import RequestFacts, build
from services.models.ctr.network import ClickModel
from services.training.click_rows import ClickRows
from tests.statistics.training.vectors.encodings import Floats, ways
from tests.statistics.training.vectors.learning import learnt, loss_line, own_recipe, parted, scores
from tests.statistics.training.vectors.paired import Line, ratio_gain

_CANDIDATES: Final = 20
_MOST_INVOICES: Final = 8  # of one customer: some have hundreds
_NEW: Final = 0.2  # of the products: no training row shows them
_VIEWED: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a customer bought at once."""

    customer: int
    when: datetime
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A choice: what was known of the customer, and the candidates of which the first was taken."""

    customer: int
    when: datetime
    earlier: tuple[Invoice, ...]
    viewed: str
    candidates: tuple[str, ...]
    new: bool  # the candidates are products that no training row shows


def compared(data: Path) -> list[Line]:
    """Each way to make vectors against words."""
    products, invoices = read(data / "online_retail.parquet")
    moments = list(moments_of(products, invoices))
    shops = {"words": facts_by_words(products)}
    titles = [product.title for product in products.values()]
    for name, vectors_of in ways(data).items():
        found = dict(zip(products, vectors_of(titles), strict=True))
        shops[name] = {key: replace(facts, vector=found[key]) for key, facts in shops["words"].items()}
    logs = {name: rows_of(moments, facts) for name, facts in shops.items()}
    return list(_lines(logs, moments))


def read(path: Path) -> tuple[dict[str, Product], list[Invoice]]:
    """Products and invoices by time; returns, postage and lines without a customer are left out."""
    names = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    products: dict[str, Product] = {}
    lines: dict[tuple[str, int], tuple[datetime, dict[str, None]]] = {}
    rows = pq.read_table(path, columns=names).to_pydict()
    for number, code, title, pieces, when, price, customer in zip(*(rows[name] for name in names), strict=True):
        if customer is None or customer != customer or pieces <= 0 or price <= 0 or not title or not code[0].isdigit():
            continue
        minor = max(round(price * 100), 1)
        products.setdefault(code, Product(product_id=code, title=title.strip(), price_minor=minor, currency="GBP"))
        at, bought = lines.setdefault((str(number), int(customer)), (when.replace(tzinfo=UTC), {}))
        bought[code] = None
    found = [Invoice(customer, at, tuple(bought)) for (_, customer), (at, bought) in lines.items()]
    return products, sorted(found, key=lambda invoice: invoice.when)


def facts_by_words(products: Mapping[str, Product]) -> dict[str, ProductFacts]:
    """The facts of today's features."""
    scales = Scales(grown(None, products.values()))
    return {key: facts_of(product, scales) for key, product in products.items()}


def moments_of(products: Mapping[str, Product], invoices: Sequence[Invoice]) -> Iterator[Moment]:
    """The choices at the first invoices of each customer, among known products and among new ones."""
    rng = np.random.default_rng(3)
    unseen = {key for key in sorted(products) if rng.random() < _NEW}
    sold: dict[bool, dict[str, None]] = {False: {}, True: {}}
    earlier: dict[int, tuple[Invoice, ...]] = {}
    for invoice in invoices:
        before = earlier.get(invoice.customer, ())
        taken = {key for each in before for key in each.products}
        if len(before) < _MOST_INVOICES and len(invoice.products) > 1:
            viewed = invoice.products[int(rng.integers(len(invoice.products)))]
            for new in (False, True):
                choice = _choice(
                    rng, [*sold[new]], taken | {viewed}, [k for k in invoice.products if (k in unseen) is new]
                )
                if choice:
                    yield Moment(invoice.customer, invoice.when, before, viewed, choice, new)
        earlier[invoice.customer] = (*before, invoice)[-2 * _MOST_INVOICES :]
        for key in invoice.products:
            sold[key in unseen][key] = None


def _choice(rng: np.random.Generator, sold: Sequence[str], taken: set[str], bought: Sequence[str]) -> tuple[str, ...]:
    """The product that was taken, then others; nothing where none was new to the customer, or too few were sold."""
    fresh = [key for key in bought if key not in taken]
    if not fresh or len(sold) < 10 * _CANDIDATES:
        return ()
    without = taken | set(bought)
    drawn = [sold[at] for at in rng.choice(len(sold), 5 * _CANDIDATES, replace=False)]
    others = [key for key in drawn if key not in without][: _CANDIDATES - 1]
    return (fresh[int(rng.integers(len(fresh)))], *others) if len(others) == _CANDIDATES - 1 else ()


def rows_of(moments: Sequence[Moment], facts: Mapping[str, ProductFacts]) -> ClickRows:
    """One row a candidate, moment by moment."""
    order = list(facts)
    at = {key: row for row, key in enumerate(order)}
    nothing = np.zeros(len(next(iter(facts.values())).vector))
    columns = creative_columns([CreativeFacts(key, key, facts[key], nothing, False, 0.0) for key in order])
    built = [_built(moment, facts, columns.take([at[key] for key in moment.candidates])) for moment in moments]
    dense, categories = (torch.from_numpy(np.concatenate(part)) for part in zip(*built, strict=True))
    clicked = torch.zeros(len(moments), _CANDIDATES)
    clicked[:, 0] = 1.0
    customer = torch.tensor([moment.customer for moment in moments]).repeat_interleave(_CANDIDATES)
    return ClickRows(dense, categories, clicked.ravel(), customer, torch.full((len(customer),), torch.nan))


def _built(
    moment: Moment, facts: Mapping[str, ProductFacts], columns: CreativeColumns
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    bought = [Interaction(Kind.ORDER, key, micros(each.when)) for each in moment.earlier for key in each.products]
    viewed = Interaction(Kind.VIEW, moment.viewed, micros(moment.when - _VIEWED))
    profile = apply(apply_all(Profile(), bought, facts.get), viewed, facts.get)
    segment = segment_of(profile, "desktop", "", moment.when)
    request = RequestFacts("en-GB", "desktop", "product", "", moment.when, segment, "product-side", "300x250")
    aged = replace(columns, created_s=np.full(_CANDIDATES, moment.when.timestamp() - 86_400.0))
    found = build(profile, request, aged, moment.when)
    return found.dense, found.categories


def _lines(logs: Mapping[str, ClickRows], moments: Sequence[Moment]) -> Iterator[Line]:
    """Log loss, and how often the best-scored twentieth of the candidates, which is one, was taken."""
    new = torch.tensor([moment.new for moment in moments]).repeat_interleave(_CANDIDATES)
    first = torch.tensor([not moment.earlier for moment in moments]).repeat_interleave(_CANDIDATES)
    measured = torch.isin(logs["words"].shopper, parted(logs["words"]).test.shopper)
    training = ~measured & ~new
    models = {name: learnt(rows.take(training), own_recipe(int(training.sum()))) for name, rows in logs.items()}
    for name in [name for name in logs if name != "words"]:
        for question, which in (
            ("real purchases, known customers", ~new & ~first),
            ("real purchases, newcomers", ~new & first),
            ("real purchases, new products", new),
        ):
            yield from _pair(question, name, models, {each: logs[each].take(measured & which) for each in logs})


def _pair(
    question: str, name: str, models: Mapping[str, list[ClickModel]], rows: Mapping[str, ClickRows]
) -> Iterator[Line]:
    yield loss_line(question, name, models, rows)
    words, value = (_taken(models[each], rows[each]) for each in ("words", name))
    by_chance = np.full(len(value), 1.0 / _CANDIDATES)
    gain = ratio_gain(value, words, by_chance, rows[name].shopper.numpy()[::_CANDIDATES])
    yield Line(question, name, "best 20th", words.mean() * _CANDIDATES, value.mean() * _CANDIDATES, gain)


def _taken(models: Sequence[ClickModel], rows: ClickRows) -> Floats:
    """Share of the models whose best-scored candidate was the one that was taken, of each moment (M,)."""
    found = scores(models, rows.dense.numpy(), rows.categories.numpy())
    best: Floats = (found.reshape(len(models), -1, _CANDIDATES).argmax(axis=2) == 0).mean(axis=0)
    return best
