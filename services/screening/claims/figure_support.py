"""Which field of a row supports a figure; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.catalogue.offer import NOTHING, Stated
from services.screening.claims import rests_on
from services.screening.claims.claim import Support
from services.screening.claims.figures import Figure
from services.screening.claims.numbers import values_of
from services.screening.claims.row import Row

_MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fév", "mar mär maa", "apr avr abr", "may mai mei mag", "jun juin giu", "jul juil lug",
            "aug aoû ago", "sep set", "oct okt ott", "nov", "dec dez déc dic",
        ), 1
    )
    for name in names.split()
}  # fmt: skip
"""By the first letters of their names in all languages that have claims."""
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rule:
    """What supports a role."""

    fields: str  # that would support it
    holds: Callable[[Figure, Row], bool]
    states: Callable[[Figure, Row], Stated] = lambda figure, row: NOTHING  # of the offer, where it holds


def support_for(figure: Figure, row: Row) -> Support | None:
    """What supports the figure; None: nothing does."""
    rule = RULES[figure.role]
    return Support(rule.fields, rule.states(figure, row)) if rule.holds(figure, row) else None


def _is_currency(figure: Figure, row: Row) -> bool:
    return not figure.currencies or row.offer.regular.currency in figure.currencies


def _price(figure: Figure, row: Row) -> bool:
    now = row.money(row.offer.sale_minor if row.on_sale else row.offer.regular.minor)
    return now in figure.values and _is_currency(figure, row)


def _any_price(figure: Figure, row: Row) -> bool:
    """The price now; the regular one of a sale may stand beside it."""
    regular = row.on_sale and row.money(row.offer.regular.minor) in figure.values and _is_currency(figure, row)
    return regular or _price(figure, row)


def _regular(figure: Figure, row: Row) -> bool:
    is_it = row.money(row.offer.regular.minor) in figure.values and _is_currency(figure, row)
    return row.on_sale and is_it


def _below(figure: Figure, row: Row) -> bool:
    now = row.money(row.offer.sale_minor if row.on_sale else row.offer.regular.minor)
    return _is_currency(figure, row) and now > 0 and any(now < value for value in figure.values)


def _saving(figure: Figure, row: Row) -> bool:
    saved = row.money(row.offer.regular.minor - row.offer.sale_minor)
    return row.on_sale and saved in figure.values and _is_currency(figure, row)


def _percent_off(figure: Figure, row: Row) -> bool:
    return any(0 <= row.off_percent - value < _ONE for value in figure.values) and row.on_sale


def _fraction(figure: Figure, row: Row) -> bool:
    """七折 is seven tenths of the price, 八五折 is 85 hundredths."""
    off = [100 - value * (10 if value < 10 else 1) for value in figure.values]
    return row.on_sale and any(0 <= row.off_percent - value < _ONE for value in off)


def _rating(figure: Figure, row: Row) -> bool:
    exact = any(0 <= row.rating - value < Decimal("0.1") for value in figure.values)
    return row.offer.rating_count > 0 and exact


def _rated(figure: Figure, row: Row) -> bool:
    """A rating and its count in one phrase."""
    return _rating(figure, row) and min(values_of(figure.parts["count"])) <= row.offer.rating_count


def _reviews(figure: Figure, row: Row) -> bool:
    return max(figure.values) <= row.offer.rating_count


def _stock(figure: Figure, row: Row) -> bool:
    return row.offer.quantity is not None and Decimal(row.offer.quantity) in figure.values


def _stock_below(figure: Figure, row: Row) -> bool:
    return row.offer.quantity is not None and any(row.offer.quantity < value for value in figure.values)


def _date(figure: Figure, row: Row) -> bool:
    """The last day of the sale, or a date of the shop's own words."""
    own = _own_date(figure, row)
    if not row.on_sale or row.last_day is None:
        return own
    day, month, year = _day_of(figure)
    return own or (day, month, year or row.last_day.year) == (row.last_day.day, row.last_day.month, row.last_day.year)


def _own_date(figure: Figure, row: Row) -> bool:
    return any(_day_of(other) == _day_of(figure) for other in row.figures if other.role == "date")


def _states_price(figure: Figure, row: Row) -> Stated:
    return rests_on.price(row) if _price(figure, row) else rests_on.reduced(row)


def _states_date(figure: Figure, row: Row) -> Stated:
    return NOTHING if _own_date(figure, row) else rests_on.sale_until(row)


def _day_of(figure: Figure) -> tuple[int, int, int]:
    said = figure.parts["month"].lower().rstrip(".")
    named = _MONTHS.get(said[:4]) or _MONTHS.get(said[:3], 0)
    return int(figure.parts["day"]), int(said) if said.isdigit() else named, int(figure.parts.get("year", 0))


def _measure(figure: Figure, row: Row) -> bool:
    said = [other for other in row.figures if other.quality == figure.quality]
    return any(figure.values & other.values for other in said)


def _count(figure: Figure, row: Row) -> bool:
    """The same number in the row; of a part that is counted, beside its name."""
    if figure.noun:
        stem = figure.noun.lower().rstrip("s")[:8]
        return bool(figure.values & row.counts) and stem in row.text.lower() or _is_listed(figure, row)
    return figure.values <= {_ONE, Decimal(0)} or bool(figure.values & row.counts)


def _is_listed(figure: Figure, row: Row) -> bool:
    """Colours and sizes are counted by what their fields list."""
    field = {"co": "colour", "fa": "colour", "si": "size", "gr": "size"}.get(figure.noun[:2].lower(), "")
    listed = dict(row.fields).get(field, "")
    return "/" in listed and Decimal(len(listed.split("/"))) in figure.values


def _own_number(figure: Figure, row: Row) -> bool:
    return any(figure.values & other.values for other in row.figures)


def _same_role(figure: Figure, row: Row) -> bool:
    return any(figure.values & other.values for other in row.figures if other.role == figure.role)


def _scale(figure: Figure, row: Row) -> bool:
    return figure.values == {Decimal(5)} and row.rating > 0


def _of_row(states: Callable[[Row], Stated]) -> Callable[[Figure, Row], Stated]:
    return lambda figure, row: states(row)


_OWN: Final = "title, description or attributes"
RULES: Final[Mapping[str, Rule]] = {
    "date": Rule("sale_until", _date, _states_date),
    "since": Rule(_OWN, _own_number),
    "fraction": Rule("price and sale_price", _fraction, _of_row(rests_on.reduced)),
    "percent_off": Rule("price and sale_price", _percent_off, _of_row(rests_on.reduced)),
    "percent": Rule(_OWN, _same_role),
    "saving": Rule("price and sale_price", _saving, _of_row(rests_on.reduced)),
    "regular": Rule("price beside a sale_price", _regular, _of_row(rests_on.reduced)),
    "below": Rule("price", _below, _of_row(rests_on.price)),
    "from_price": Rule("price", _price, _of_row(rests_on.price)),
    "price": Rule("price", _any_price, _states_price),
    "scale": Rule("rating", _scale),
    "rated": Rule("rating and rating_count", _rated, rests_on.rating_and_count),
    "rating": Rule("rating", _rating, _of_row(rests_on.rated)),
    "reviews": Rule("rating_count", _reviews, rests_on.reviews),
    "sold": Rule(_OWN, _same_role),
    "stock_below": Rule("quantity", _stock_below, rests_on.stock_below),
    "stock": Rule("quantity", _stock, rests_on.stock),
    "measure": Rule(_OWN, _measure),
    "count": Rule(_OWN, _count),
}
"""By role."""
