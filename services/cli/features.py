"""`adloom features`: what Feast holds about shoppers, one JSON object per line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.common.errors import Misconfigured
from services.common.pseudonym import is_pseudonym
from services.tools.stack.session import running
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.features.ports import ProfileReader, Reading

Pseudonyms = Annotated[list[str] | None, typer.Argument(metavar="PSEUDONYM...", help="As printed by adloom pseudonym.")]
Users = Annotated[Path | None, typer.Option(help="A file with a pseudonym on each line.")]
Json = Annotated[bool, typer.Option("--json", help="The output is always JSON.", hidden=True)]

_AT_ONCE = 500
_TIMEOUT_S = 5.0  # long, because a person waits and not an ad server


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(features)


def features(pseudonyms: Pseudonyms = None, users: Users = None, as_json: Json = True) -> None:
    """Show what is known about shoppers, read through Feast: one JSON object per line, in the order given.

    Money is given by currency: "" for orders that named none, "unknown" for the sum of all whose currency was not kept.
    value_minor_total is null where there are several, or an unknown one: it may be several.
    What fades is given as of decayed_at; at a later time t it is that times 2 ** -((t - decayed_at) / half-life).
    """
    from services.features.feast_reader import FeastReader  # seconds of imports

    shoppers = wanted(pseudonyms or [], users)
    reader = FeastReader(running(state_dir_of()).redis, timeout_s=_TIMEOUT_S)
    for found in facts_of(reader, shoppers):
        sys.stdout.write(json.dumps(found) + "\n")


def wanted(pseudonyms: Sequence[str], users: Path | None) -> list[str]:
    """The shoppers named in arguments and file; raises `Misconfigured` for one that is no pseudonym."""
    try:
        listed = users.read_text("utf-8").split() if users is not None else []
    except OSError as exc:
        raise Misconfigured(f"{users} cannot be read: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise Misconfigured(f"{users}: byte {exc.start} is no UTF-8, a list of pseudonyms was expected.") from exc
    shoppers = [*pseudonyms, *listed]
    if not shoppers:
        raise Misconfigured("no shopper is named: give pseudonyms, or --users FILE.")
    for name in shoppers:
        if not is_pseudonym(name):
            raise Misconfigured(f"{name!r} is no pseudonym: adloom pseudonym USER gives the one of a user id.")
    return shoppers


def facts_of(reader: ProfileReader, shoppers: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The facts of each shopper, in the order given."""
    for start in range(0, len(shoppers), _AT_ONCE):
        some = shoppers[start : start + _AT_ONCE]
        readings = reader.read(some)
        yield from (facts(user, readings[user]) for user in some)


def facts(user: str, reading: Reading) -> dict[str, Any]:
    """What one reading says, by the names that outsiders rely on and those of the profile."""
    from services.features.profile import DECAYED, HALF_LIFE_NAMES, UNKNOWN, totals

    profile = reading.profile
    integers = totals(profile)
    money = integers["value_minor_by_currency"]
    known: dict[str, Any] = {name: value for name, value in integers.items() if not name.endswith("_us")}
    times = {f"{name[:-3]}_at": _text(us) for name, us in integers.items() if name.endswith("_us")}
    sums = profile.decayed.tolist()
    decayed = {life: dict(zip(DECAYED, row, strict=True)) for life, row in zip(HALF_LIFE_NAMES, sums, strict=True)}
    return {
        "user": user,
        **{name: known.pop(name) for name in ("views_total", "clicks_total", "orders_total")},
        "last_event_at": times.pop("last_event_at"),
        "freshness_ms": reading.freshness_ms,
        "default": reading.default,
        "value_minor_total": None if len(money) > 1 or UNKNOWN in money else sum(money.values()),
        **known,
        **times,
        **_named(decayed),
    }


def _named(decayed: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Decayed sums as of `decayed_at`: "views_24h" and so on, the interest vector as a list."""
    named: dict[str, Any] = {}
    for life, sums in decayed.items():
        named |= {f"{name}_{life}": value for name, value in sums.items() if not name.startswith("interest_")}
        named[f"interest_{life}"] = [value for name, value in sums.items() if name.startswith("interest_")]
    return named


def _text(us: int) -> str | None:
    if not us:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).isoformat().replace("+00:00", "Z")
