"""The categories that an XML feed lists by id, as Yandex's do, and the path to each."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

_MOST_LEVELS: Final = 10
_MOST_CATEGORIES: Final = 100_000


class Categories:
    """Names of categories by id, each with the id of the one that holds it."""

    def __init__(self) -> None:
        self._by_id: dict[str, tuple[str, str]] = {}
        self._roots: set[str] = set()

    def add(self, element: Element) -> None:
        """Notes `<category id="8" parentId="1">Lamps</category>`; any other element is passed over."""
        key, parent = element.get("id", ""), element.get("parentId", "")
        if key and element.tag == "category" and len(self._by_id) < _MOST_CATEGORIES:
            self._by_id[key] = (" ".join((element.text or "").split()), parent)
            self._roots.update(() if parent else (key,))

    def path_to(self, key: str) -> str:
        """The names from the widest, with ">" between; one that holds all others ("All goods") says nothing."""
        names: list[str] = []
        while key in self._by_id and len(names) < _MOST_LEVELS:
            name, parent = self._by_id[key]
            if not (names and self._roots == {key}):
                names.insert(0, name)
            key = parent
        return " > ".join(names)
