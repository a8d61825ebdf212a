"""The exception tree: every package raises these errors, and adapters translate foreign errors into them once.

AdloomError
|-- Rejected        the message or request is wrong: dead letter, or INVALID_ARGUMENT; never retried
|   `-- TokenRefused    the impression token of a click or order does not count
|-- Unavailable     a part is late or down: retry with back-off, or the next rung of the ladder
|-- Misconfigured   a setting or the machine is wrong: one sentence, exit status 2
|-- Broken          a drill saw that a promise is not kept
`-- Bug             a state that the code rules out was reached: crash, and let the supervisor restart
"""

from __future__ import annotations

_SHOWN = 80


class AdloomError(Exception):
    """Any error that Adloom raises on purpose."""

    exit_status = 1
    """The exit status of a process or command that this error ends."""


class Rejected(AdloomError):
    """A message or request is wrong; the text names the field, the value and what was expected.

    >>> str(Rejected("invalid", "dwell_ms", -4, "a whole number of milliseconds from 0"))
    'dwell_ms: -4 (int) where a whole number of milliseconds from 0 was expected'
    """

    def __init__(self, reason: str, field: str, value: object, expected: str) -> None:
        self.reason = reason
        self.field = field
        self.expected = expected
        self.shown = shown(value)
        kind = "" if value is None or isinstance(value, str | bytes) else f" ({type(value).__name__})"
        super().__init__(f"{field}: {self.shown}{kind} where {expected} was expected")


def shown(value: object) -> str:
    """A value that somebody gave, as messages show it: in one line, and not at any length.

    >>> shown("a" * 99)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa... (101 characters)"
    """
    text = _repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def _repr(value: object) -> str:
    """The value's `repr`, or its type where `repr` fails: too deeply nested, or an integer with too many digits."""
    try:
        return repr(value)
    except (RecursionError, ValueError):  # ValueError: an integer with more digits than Python converts
        return f"<{type(value).__name__}>"


class TokenRefused(Rejected):
    """An impression token does not count; `reason` is forged, expired, used or `foreign` (another user's)."""


class Unavailable(AdloomError):
    """A part is late or down; `part` is its name in `adloom status` (kafka, redis, triton, ...)."""

    def __init__(self, part: str, message: str) -> None:
        self.part = part
        super().__init__(f"{part} is unavailable: {message}")


class Misconfigured(AdloomError):
    """A setting or the machine is wrong; the text is one sentence for a person."""

    exit_status = 2


class Broken(AdloomError):
    """A drill saw that a promise is not kept; the text names the drill."""


class Bug(AdloomError):
    """A state that the code rules out was reached."""
