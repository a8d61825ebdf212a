"""The rows that an import rejected, for people: one of each reason."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any, Final

_READ: Final = 10_000  # rows; a file of more has hardly a reason that these do not show
_MOST: Final = 5


def one_of_each(rejected: Path | None) -> list[str]:
    """A line each reason: where the first row of that reason stands, and what is wrong with it."""
    if rejected is None:
        return []
    found: dict[str, str] = {}
    with rejected.open(encoding="utf-8") as file:
        for line in islice(file, _READ):
            facts = json.loads(line)
            found.setdefault(facts["reason"], _told(facts))
    return list(found.values())[:_MOST]


def _told(facts: dict[str, Any]) -> str:
    """The row in a sentence.

    >>> _told({"file": "a.csv", "row": 4, "product_id": "7", "error": "price: nothing where a price was expected"})
    'rejected: a.csv, row 4 (7): price: nothing where a price was expected'
    """
    of = f" ({facts['product_id']})" if facts["product_id"] else ""
    text = f"rejected: {facts['file']}, row {facts['row']}{of}: {facts['error']}"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
