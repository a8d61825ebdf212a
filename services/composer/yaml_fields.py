"""Fields of a YAML file, each checked as it is read: errors name the file, the key, the value and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

import yaml

from services.common.errors import Misconfigured

Region = tuple[float, float, float, float]
"""Left, top, right, bottom as parts of the width and height of a picture."""

_REQUIRED: Final[Any] = object()
_CORNERS: Final = 4
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe as the other and eight times as fast: every process that shows a house creative reads the templates."""


def read_fields(file: str, text: str) -> Fields:
    """The file's mapping; raises `Misconfigured`."""
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Misconfigured(f"{file}: YAML was expected ({' '.join(str(error).split())})") from error
    return Fields(file, "", read)


class Fields:
    """A mapping of the file. `close` refuses keys that nobody asked for."""

    def __init__(self, file: str, path: str, read: Any) -> None:
        self.file, self._path = file, path
        if not isinstance(read, Mapping):
            raise Misconfigured(f"{file}: {path or 'the file'}: {read!r} where a mapping was expected")
        self._read: Mapping[str, Any] = read
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._read

    def all_keys(self) -> list[str]:
        """All keys, each of which is to be asked for."""
        return [str(key) for key in self._read]

    def text(self, key: str, default: str = _REQUIRED) -> str:
        """A text."""
        value = self._value(key, default, "a text")
        return value if isinstance(value, str) else self.refuse(key, "a text")

    def choice(self, key: str, allowed: Sequence[str], default: str = _REQUIRED) -> str:
        """One of some words."""
        value = self._value(key, default, f"one of {', '.join(allowed)}")
        is_left_out = key not in self._read
        return str(value) if is_left_out or value in allowed else self.refuse(key, f"one of {', '.join(allowed)}")

    def choices(self, key: str, allowed: Sequence[str], default: Sequence[str] = _REQUIRED) -> tuple[str, ...]:
        """A list of some words, each once."""
        expected = f"a list of {', '.join(allowed)}, each at most once"
        values = self._value(key, default, expected)
        if not isinstance(values, Sequence) or isinstance(values, str) or any(one not in allowed for one in values):
            self.refuse(key, expected)
        return tuple(values) if len(set(values)) == len(values) else self.refuse(key, expected)

    def texts(self, key: str, default: Sequence[str] = _REQUIRED) -> tuple[str, ...]:
        """A list of texts."""
        values = self._value(key, default, "a list of texts")
        if isinstance(values, str) or not isinstance(values, Sequence) or not all(isinstance(v, str) for v in values):
            self.refuse(key, "a list of texts")
        return tuple(values)

    def number(self, key: str, low: float, high: float, default: float = _REQUIRED) -> float:
        """A number within bounds."""
        expected = f"a number from {low:g} to {high:g}"
        value = self._value(key, default, expected)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(key, expected)
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._value(key, default, "true or false")
        return value if isinstance(value, bool) else self.refuse(key, "true or false")

    def region(self, key: str) -> Region:
        """Four corners that lie within the picture."""
        expected = "[left, top, right, bottom] from 0 to 1, left < right and top < bottom"
        value = self._value(key, _REQUIRED, expected)
        if not isinstance(value, list) or len(value) != _CORNERS or not all(isinstance(v, int | float) for v in value):
            self.refuse(key, expected)
        left, top, right, bottom = (float(part) for part in value)
        inside = 0 <= left < right <= 1 and 0 <= top < bottom <= 1
        return (left, top, right, bottom) if inside else self.refuse(key, expected)

    def fields(self, key: str) -> Fields:
        """A mapping within; an empty one where the key is absent."""
        return Fields(self.file, self._named(key), self._value(key, {}, "a mapping"))

    def each(self, key: str) -> Iterator[Fields]:
        """The mappings of a list; none where the key is absent."""
        values = self._value(key, [], "a list of mappings")
        if not isinstance(values, list):
            self.refuse(key, "a list of mappings")
        for number, value in enumerate(values):
            yield Fields(self.file, f"{self._named(key)}[{number}]", value)

    def close(self) -> None:
        """Refuses what nobody asked for."""
        unknown = sorted(set(self.all_keys()) - self._asked)
        if unknown:
            self.refuse(unknown[0], f"no such key, but some of {', '.join(sorted(self._asked))}")

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Raises `Misconfigured`."""
        value = self._read.get(key)
        raise Misconfigured(f"{self.file}: {self._named(key)}: {value!r} where {expected} was expected")

    def _value(self, key: str, default: Any, expected: str) -> Any:
        self._asked.add(key)
        if key not in self._read and default is _REQUIRED:
            raise Misconfigured(f"{self.file}: {self._named(key)} is missing; {expected} was expected")
        return self._read.get(key, default)

    def _named(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
