"""Settings are one frozen record per process, read once from `ADLOOM_*` variables and printed at start."""

from __future__ import annotations

import math
import os
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

from services.common.errors import Misconfigured

Record = TypeVar("Record")

NOT_TEXT = "its bytes are none in the encoding of this locale, most often UTF-8"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_LAST_PORT = 65535
_HOST_PORT = re.compile(r"(\[[^\[\]]+\]|[^\s:\[\]]+):[0-9]{1,5}")
_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~-]+)*")
_SECRET_WORDS = ("secret", "key", "password", "token")
_INNER_SECRET = re.compile(r"(?<=password=)[^,;\s]+|(?<=:)[^:/@\s]+(?=@)")
"""Passwords inside an address: `redis:6379,password=X` and `redis://user:X@redis:6379`."""


@dataclass(frozen=True, slots=True)
class Within:
    """The range of a number, both ends included."""

    low: float
    high: float = math.inf

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def __str__(self) -> str:
        return f"from {self.low} to {self.high}" if self.high < math.inf else f"of {self.low} or more"


@dataclass(frozen=True, slots=True)
class HostPort:
    """The form of an address to listen at; gRPC would use port 443 for a missing port, and 34463 for 99999."""

    def __contains__(self, address: str) -> bool:
        found = _HOST_PORT.fullmatch(address)
        return bool(found) and int(address.rpartition(":")[2]) <= _LAST_PORT

    def __str__(self) -> str:
        return f"like host:port, an IPv6 host in brackets, a port up to {_LAST_PORT}"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """The form of an address under which browsers find something: no slash at the end, nothing behind the path."""

    def __contains__(self, url: str) -> bool:
        return _URL.fullmatch(url) is not None

    def __str__(self) -> str:
        return "like https://ads.shop.example, without a slash at its end, a query or a fragment"


Port = Annotated[int, Within(0, _LAST_PORT)]
Address = Annotated[str, HostPort()]
Url = Annotated[str, WebAddress()]
AtLeastOne = Annotated[int, Within(1)]
Count = Annotated[int, Within(0)]
Seconds = Annotated[float, Within(0.001)]
NotNegative = Annotated[float, Within(0)]


def read(cls: type[Record], environ: Mapping[str, str]) -> Record:
    """A `cls` whose field `x_y` comes from `ADLOOM_X_Y`, or from its default where that is absent or empty.

    Takes str, int, float, bool, Path and `X | None` fields, numbers also with a range, as in `Annotated[int,
    Within(1)]`. Raises `Misconfigured` that names the variable, its value and what was expected.
    """
    hints = typing.get_type_hints(cls, include_extras=True)
    values = {f.name: _value(f, hints[f.name], environ) for f in fields(cls)}  # type: ignore[arg-type]
    return cls(**values)


def shown(record: object) -> str:
    """The settings in one line, secrets masked: fields named as a secret that are not paths, passwords in addresses."""
    parts = []
    for f in fields(record):  # type: ignore[arg-type]
        value = getattr(record, f.name)
        secret = any(word in f.name for word in _SECRET_WORDS) and not isinstance(value, Path)
        text = "***" if secret and value else _INNER_SECRET.sub("***", str(value))
        parts.append(f"{f.name}={text}")
    return f"{type(record).__name__}({', '.join(parts)})"


def is_folder_deleted() -> bool:
    """Whether the working directory was deleted: relative paths mean nothing then, although `.` can still be read."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def is_text(value: str) -> bool:
    """Whether an argument or setting is text; Python decodes bytes that are not to surrogates, which have no encoding.

    >>> is_text("größe"), is_text(os.fsdecode(b"\\xff"))
    (True, False)
    """
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _value(field: Field[Any], hint: Any, environ: Mapping[str, str]) -> Any:
    variable = f"ADLOOM_{field.name.upper()}"
    text = environ.get(variable, "")
    if not is_text(text):
        raise Misconfigured(f"{variable}: {os.fsencode(text)!r} where text was expected ({NOT_TEXT})")
    if text:
        return _parse(variable, text, hint)
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    raise Misconfigured(f"{variable} is not set and has no default")


def _parse(variable: str, text: str, hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(arg for arg in typing.get_args(hint) if arg is not type(None))
    kind, *ranges = typing.get_args(hint) if typing.get_origin(hint) is Annotated else (hint,)
    parser, expected = _PARSERS.get(kind, (None, ""))
    if parser is None:
        raise Misconfigured(f"{variable}: fields of type {hint} cannot be read from the environment")
    expected = " ".join([expected, *map(str, ranges)])
    try:
        value = parser(text)
        if not all(value in span for span in ranges):
            raise ValueError(text)
    except ValueError as exc:
        raise Misconfigured(f"{variable}: {text!r} where {expected} was expected") from exc
    return value


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(text)


def _finite(text: str) -> float:
    """A finite number: comparisons of a limit or duration with NaN or infinity would silently be wrong."""
    number = float(text)
    if math.isfinite(number):
        return number
    raise ValueError(text)


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    int: (int, "a whole number"),
    float: (_finite, "a finite number"),
    Path: (Path, "a path"),
    bool: (_boolean, "1, true, yes, on or 0, false, no, off"),
}
