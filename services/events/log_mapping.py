"""Which columns of another system's log hold which of our fields: recognised by their names, or said in a mapping file.

The mapping file is TOML, as an import's (services/catalogue/feeds/overrides.py), with these keys:

currency = "EUR"                # of prices that name none
decimal = ","                   # the mark before cents, where prices could be read two ways
time_zone = "Europe/Berlin"     # of times that name no zone; UTC without it
encoding = "cp1252"             # where it is not found by itself
type = "view"                   # what the rows are, where no column says it

[columns]                       # our field = the log's column, or several: the first that is not empty counts
user_id = "Kunde"
price = ""                      # this field is not read

[types]                         # the log's word = view, click, order or impression
addtocart = "view"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.catalogue.feeds.columns import plain_name
from services.catalogue.feeds.mapping import ColumnMap, listed, overridden
from services.catalogue.feeds.overrides import Overrides, checked_overrides, columns_said, read_said, texts_said
from services.common.errors import Misconfigured, shown

_NAMES: Final[Mapping[str, str]] = {
    "type": "type, event, event type, event name, action, action type, activity, behavior, behavior type, behaviour, "
    "interaction, interaction type",
    "time": "time, timestamp, event time, event timestamp, ts, datetime, date time, date, created at, occurred at, "
    "time stamp, event date, server time, zeit, zeitpunkt",
    "user_id": "user id, user, visitor id, visitor, customer id, customer, client id, shopper id, person id, "
    "session id, user pseudo id, anonymous id, cookie id, uid, kunde, kundennummer, 用户id",
    "product_id": "product id, product, item id, item, sku, article id, asin, content id, goods id, offer id, "
    "artikelnummer, 商品id",
    "creative_id": "creative id, creative, ad id, banner id, banner, ad",
    "policy_id": "policy id, policy, logging policy, algorithm, variant, strategy",
    "propensity": "propensity, propensity score, pscore, action probability, probability, action prob",
    "slot": "slot",
    "position": "position, rank, ad position",
    "clicked": "clicked, click, is click, is clicked, reward",
    "quantity": "quantity, qty, units, menge",
    "value": "value, order value, total, total price, amount, revenue, order total, sales, umsatz",
    "price": "price, unit price, item price, product price, preis",
    "value_minor": "value minor",
    "currency": "currency, currency code, währung",
    "dwell_ms": "dwell ms, dwell time ms",
    "query": "query, search query, search term",
    "page": "page, page url, url",
    "placement_id": "placement id, placement, ad slot id, zone, zone id",
    "format": "format, ad size",
    "impression_id": "impression id",
    "request_id": "request id",
    "event_id": "event id, message id",
}
"""By our field, the names that it has in logs; the order counts where a log has several."""

FIELDS: Final = tuple(_NAMES)
TYPES: Final[Mapping[str, str]] = {
    "view": "view, views, pv, page view, product view, product viewed, view item, item view, detail, product detail, "
    "view content, visit",
    "click": "click, clicks, ad click, product clicked, select item, product click",
    "order": "order, orders, purchase, transaction, buy, bought, order completed, conversion, sale, checkout completed",
    "impression": "impression, impressions, imp, ad impression, exposure",
}
"""By our type, the words that logs have for it."""

_WORDS: Final = {plain_name(word): kind for kind, words in TYPES.items() for word in words.split(", ")}
_KNOWN: Final = {
    plain_name(name): (target, rank) for target, names in _NAMES.items() for rank, name in enumerate(names.split(", "))
}
_TEXTS: Final = ("currency", "decimal", "time_zone", "encoding")


@dataclass(frozen=True, slots=True)
class LogOverrides:
    """What the person says of the log; empty: nothing."""

    feed: Overrides = field(default_factory=Overrides)
    kind: str = ""  # of all rows
    types: Mapping[str, str] = field(default_factory=dict)  # the log's word -> ours


@dataclass(frozen=True, slots=True)
class LogMap:
    """How a log is read."""

    columns: ColumnMap
    kind: str  # of rows where no column says it
    types: Mapping[str, str]

    def lines(self) -> list[str]:
        """The mapping as it is shown to people."""
        said = [f"type = {self.kind}"] if self.kind else []
        return [*self.columns.lines(), *said, *(f"types: {word} -> {kind}" for word, kind in self.types.items())]

    def kind_of(self, word: str) -> str:
        """Our type for the log's word; the word itself where it has none.

        >>> recognise(["event", "visitorid", "itemid"], LogOverrides()).kind_of("transaction")
        'order'
        """
        return self.types.get(word) or _WORDS.get(plain_name(word), word)


def read_log_overrides(path: Path | None, currency: str = "") -> LogOverrides:
    """The mapping file at `path`, or none; raises `Misconfigured` that names the wrong key and what was expected."""
    if path is None:
        return LogOverrides(checked_overrides(Overrides(currency=currency)))
    said = read_said(path, (*_TEXTS, "type", "columns", "types"))
    texts = texts_said(path, {name: said.get(name, "") for name in (*_TEXTS, "type")})
    kind, types = texts["type"], texts_said(path, said.get("types", {}), "types")
    if wrong := [each for each in ([kind] if kind else []) + list(types.values()) if each not in TYPES]:
        raise Misconfigured(f"The mapping {path} has the type {shown(wrong[0])}; known are {', '.join(TYPES)}.")
    feed = Overrides(
        currency=currency or texts["currency"],
        time_zone=texts["time_zone"],
        decimal=texts["decimal"],
        encoding=texts["encoding"],
        columns=columns_said(path, said, FIELDS),
    )
    return LogOverrides(checked_overrides(feed), kind, types)


def recognise(names: Sequence[str], overrides: LogOverrides) -> LogMap:
    """The mapping of a log with these columns; raises `Misconfigured` where one that must be there is missing.

    >>> recognise(["ts", "Customer ID", "sku", "event"], LogOverrides()).columns.columns["user_id"]
    ('Customer ID',)
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        target, rank = _KNOWN.get(plain_name(name), ("", 0))
        if target:
            found.setdefault(target, []).append((rank, name))
    columns = {target: tuple(name for _, name in sorted(found[target])) for target in FIELDS if target in found}
    mapped = overridden(ColumnMap("log", columns, {}, (), (), overrides.feed), names, FIELDS)
    shown = {"clicked", "propensity"} & set(mapped.columns)
    kind = overrides.kind or ("impression" if shown and "type" not in mapped.columns else "")
    _check(mapped, kind, names)
    return LogMap(mapped, kind, overrides.types)


def _check(mapped: ColumnMap, kind: str, names: Sequence[str]) -> None:
    if "user_id" not in mapped.columns:
        _missing("user_id", '[columns] user_id = "..."', names)
    if not {"product_id", "creative_id"} & set(mapped.columns):
        _missing("product_id", '[columns] product_id = "..."', names)
    if not kind and "type" not in mapped.columns:
        _missing("type", f'[columns] type = "...", or for all rows one of {", ".join(TYPES)}: type = "view"', names)


def _missing(name: str, how: str, names: Sequence[str]) -> None:
    raise Misconfigured(
        f"No column was recognised as {name}; the log has {listed(names)}. Name it in a mapping file: {how}."
    )
