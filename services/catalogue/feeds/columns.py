"""The names that feeds give to our fields, and the form in which names are compared.

Compared are letters and digits alone, without case: `Image Link`, `g:image_link` and `imageLink` are one name. The
order within a field counts: where a feed has several of its names, the first that is not empty in a row is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from services.catalogue.feeds.column_names import NAMES
from services.catalogue.feeds.fields.currencies import CURRENCIES, SIGNS

FOR_WANT: Final[Mapping[str, str]] = {"title": "model", "image_links": "thumbnail"}
"""Names that mean a field in feeds that have no better one: Yandex's `vendor.model` offers have no `name`."""

REQUIRED: Final = ("product_id", "title", "price")
"""Fields without which nothing can be advertised."""

ATTRIBUTES: Final = (
    *(f"custom_label_{number}" for number in range(5)),
    "google_product_category", "gtin", "mpn", "condition", "gender", "age_group", "pattern", "size_type", "size_system",
    "energy_efficiency_class", "product_highlight", "availability_date", "unit_pricing_measure",
    "unit_pricing_base_measure", "shipping_label", "adult", "identifier_exists",
    "colour_hex", "illustration", "new_arrival",
)  # fmt: skip
"""Columns of Google's specification that have no field of their own: they become attributes under these names.

Three are ours: `colour_hex`, a colour as "#rrggbb", for ads whose colour a name says too roughly; and `illustration`,
the name of one of the composer's illustrations that shows this very product, for want of a photo; and `new_arrival`.
"""


def plain_name(name: str) -> str:
    """The form in which names of columns are compared.

    >>> [plain_name(name) for name in ("Image Link", "g:image_link", "imageLink", "Größe", "Body (HTML)", "Art.-Nr.")]
    ['imagelink', 'imagelink', 'imagelink', 'größe', 'bodyhtml', 'artnr']
    """
    name = unicodedata.normalize("NFKC", name).casefold().strip().removeprefix("g:")
    return "".join(letter for letter in name if letter.isalnum()).replace("ss", "ß")


def printable(name: str) -> str:
    """A name from a feed as it may be shown on a terminal, which obeys control characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def _ranks() -> dict[str, tuple[str, int]]:
    """By plain name: our field, and the name's place among the field's names."""
    found: dict[str, tuple[str, int]] = {}
    for field, names in NAMES.items():
        for rank, name in enumerate(names.split(", ")):
            found.setdefault(plain_name(name), (field, rank))
    return found


KNOWN: Final = _ranks()
REPEATED: Final = frozenset({"image_links", "more_images"})
"""Fields whose column may be there several times."""

_IN_LANGUAGE: Final = re.compile(
    r"(?P<name>.+?)[ _(\[.:-]+(?P<language>[a-z]{2})(?:[_-][a-z]{2,4})?[)\]]*", re.IGNORECASE
)
_LANGUAGES: Final = frozenset(
    ("ar", "bg", "cn", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu", "it", "ja", "jp", "ko")
    + ("lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "tw", "uk", "vi", "zh")
)
"""Ends of names that mean a language: `id`, Indonesian, is not among them, and `no`, Norwegian, is not either."""

_MOST_CHARACTERS: Final = 80  # of a name that is looked at closely
_NUMBERED: Final = re.compile(r"(?P<name>\D+)(?P<number>\d{1,3})(?:link|url|src)?")
_MOST_NAMES: Final = 1_000  # of a field
PRICES: Final = ("price", "sale_price", "compare_price")
_IN_CURRENCY: Final = re.compile(
    r"(?P<name>.+?)[ _(\[/-]+(in )?(?P<sign>[a-z]{3}|[^\w ()\[\]]+|元|円|원)[)\]]*", re.IGNORECASE
)


def _numbered(name: str) -> tuple[str, int] | None:
    """The field of one of several columns with pictures, `Image 2` or `images[0]`, behind those without a number."""
    parts = _NUMBERED.fullmatch(plain_name(name[:_MOST_CHARACTERS]))
    field = KNOWN.get(parts["name"], ("", 0))[0] if parts else ""
    return (field, _MOST_NAMES + int(parts["number"])) if parts and field in REPEATED else None


def meant_by(name: str) -> tuple[str, int, str]:
    """Our field, the name's rank among the field's names, and the currency that the name says; empty: none.

    >>> meant_by("Price (INR)")[::2], meant_by("price_usd")[::2], meant_by("価格(円)")[::2], meant_by("Colour")[::2]
    (('price', 'INR'), ('price', 'USD'), ('price', 'JPY'), ('colour', ''))
    >>> meant_by("Image 2")[:2] < meant_by("Image 10")[:2], meant_by("price 2")
    (True, ('', 0, ''))
    """
    field, rank = KNOWN.get(plain_name(name), ("", 0)) if not (numbered := _numbered(name)) else numbered
    is_read = field or len(name) > _MOST_CHARACTERS
    parts = None if is_read else _IN_CURRENCY.fullmatch(unicodedata.normalize("NFKC", name).strip())
    if not parts:
        return field, rank, ""
    field, rank = KNOWN.get(plain_name(parts["name"]), ("", 0))
    code, meant = parts["sign"].upper(), SIGNS.get(parts["sign"].lower(), ())
    if field not in PRICES or not (code in CURRENCIES or meant):
        return "", 0, ""
    return field, rank, code if code in CURRENCIES else meant[0] if len(meant) == 1 else ""


def in_language(name: str) -> tuple[str, str]:
    """Our field and the language that a name says: `name_en`, `title (zh-cn)`; empty where it says none.

    >>> in_language("name_en"), in_language("Beschreibung (de-DE)"), in_language("category_id")
    (('title', 'en'), ('description', 'de'), ('', ''))
    """
    parts = _IN_LANGUAGE.fullmatch(name[:_MOST_CHARACTERS].strip())
    field = KNOWN.get(plain_name(parts["name"]), ("", 0))[0] if parts else ""
    language = parts["language"].lower() if parts and field in TRANSLATED else ""
    return (field, language) if language in _LANGUAGES else ("", "")


FIELDS: Final = tuple(NAMES)
TRANSLATED: Final = frozenset(("title", "description", "product_type"))
"""Fields that a feed may have in several languages, a column each."""

ATTRIBUTE_NAMES: Final = {plain_name(name): name for name in ATTRIBUTES} | {"colorhex": "colour_hex"}
BEFORE: Final = frozenset(
    ("price", "preis", "regularprice", "listprice", "originalprice", "actualprice", "retailprice", "价格", "價格")
    + ("価格", "原价", "原價", "通常価格")
)
"""Prices that a lower one may stand beside, which is then what is asked; in plain form."""
