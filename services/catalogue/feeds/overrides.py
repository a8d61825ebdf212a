"""What the person who imports says of a feed, in a small TOML file.

currency = "EUR"                # what the feed itself does not say
language = "de"
time_zone = "Europe/Berlin"     # of dates that name no zone
decimal = ","                   # the mark before cents, where prices could be read two ways
encoding = "cp1252"             # where it is not found by itself
link = "https://shop.example/products/{product_id}"  # or "https://shop.example/{link}" where the feed's links lack that
tax = "10"                      # percent, where the feed's prices are without the tax that shoppers pay

[columns]                       # our field = the feed's column, or several: the first that is not empty counts
price = "VK brutto"
image_links = ["Bild 1", "Bild 2"]
rating = ""                     # this field is not read

[attributes]                    # further facts of a product = the feed's column
fit = "Passform"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.catalogue.feeds.columns import FIELDS
from services.catalogue.feeds.fields.currencies import CURRENCIES
from services.catalogue.feeds.fields.web_address import read_link
from services.common.errors import Misconfigured, Rejected, shown
from services.common.one_line import one_line

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
DEFAULTS: Final = ("currency", "language", "time_zone", "decimal", "encoding", "link", "tax")
_PERCENT: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,3})?")
_MOST_WORDS: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the person who imports says of the feed; empty: nothing."""

    currency: str = ""
    language: str = ""
    time_zone: str = ""
    decimal: str = ""
    encoding: str = ""
    link: str = ""
    tax: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


def read_overrides(path: Path) -> Overrides:
    """The mapping file at `path`; raises `Misconfigured` that names the wrong key and what was expected."""
    said = read_said(path, (*DEFAULTS, "columns", "attributes"))
    columns, attributes = columns_said(path, said, FIELDS), texts_said(path, said.get("attributes", {}), "attributes")
    texts = texts_said(path, {name: said.get(name, "") for name in DEFAULTS})
    return checked_overrides(Overrides(columns=columns, attributes=attributes, **texts))


def read_said(path: Path, known: Sequence[str]) -> dict[str, Any]:
    """What the TOML file at `path` says; raises `Misconfigured` where it cannot be read or has a key that is none."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Misconfigured(f"The mapping {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise Misconfigured(f"The mapping {path} is not TOML: {_told(error)}.") from error
    if unknown := [key for key in said if key not in known]:
        raise Misconfigured(f"The mapping {path} has the key {shown(unknown[0])}; known are {', '.join(known)}.")
    return said


def columns_said(path: Path, said: Mapping[str, Any], fields: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The table [columns]: by our field, of which there are `fields`, the columns; raises `Misconfigured`."""
    columns = said.get("columns", {})
    if not isinstance(columns, dict):
        raise Misconfigured(f"In the mapping {path} columns is a table: [columns].")
    for target, given in columns.items():
        if target not in fields:
            raise Misconfigured(f"The mapping {path} has the field {shown(target)}; known are {', '.join(fields)}.")
        if not (isinstance(given, str) or (isinstance(given, list) and all(isinstance(name, str) for name in given))):
            raise Misconfigured(
                f"The mapping {path} has {target} = {shown(given)} where names of columns were expected."
            )
    return {target: _names(given) for target, given in columns.items()}


def texts_said(path: Path, given: Any, table: str = "") -> dict[str, str]:
    """A table of texts; raises `Misconfigured` where it is none."""
    if not isinstance(given, dict):
        raise Misconfigured(f"In the mapping {path} {table} is a table: [{table}].")
    if wrong := [name for name, value in given.items() if not isinstance(value, str)]:
        name, value = one_line(wrong[0][:_MOST_WORDS]), shown(given[wrong[0]])
        raise Misconfigured(f"The mapping {path} has {name} = {value} where a text was expected.")
    return given


def _told(error: Exception) -> str:
    """Words of a library, which may repeat what they were given."""
    return one_line(str(error)[:_MOST_WORDS])


def _names(given: Any) -> tuple[str, ...]:
    return tuple(name for name in ([given] if isinstance(given, str) else given) if name)


def link_of(pattern: str, product_id: str, link: str = "") -> str:
    """The address of a product by a pattern with {product_id} or {link}, which is not a format string."""
    return pattern.replace("{product_id}", product_id).replace("{link}", link)


def checked_overrides(overrides: Overrides) -> Overrides:
    """The overrides; raises `Misconfigured` for a currency, language, zone or decimal mark that is none."""
    for name, fits, expected in (
        ("currency", overrides.currency in CURRENCIES, "a code of ISO 4217 like EUR"),
        ("language", LANGUAGE.fullmatch(overrides.language), "a language like de or zh-Hans"),
        ("tax", _PERCENT.fullmatch(overrides.tax), "a percentage below 100 like 10"),
        ("decimal", overrides.decimal in (".", ","), "a point or a comma"),
    ):
        if (said := getattr(overrides, name)) and not fits:
            raise Misconfigured(f"{name}: {shown(said)} where {expected} was expected.")
    try:
        if overrides.time_zone:
            ZoneInfo(overrides.time_zone)
        if overrides.encoding:
            "".encode(overrides.encoding)
        if overrides.link:
            read_link(link_of(overrides.link, "1", "1"))
    except (LookupError, ValueError, OSError, Rejected) as error:
        raise Misconfigured(f"The mapping names a zone, encoding or link that is none: {_told(error)}.") from error
    return overrides
