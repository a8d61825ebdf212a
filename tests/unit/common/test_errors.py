"""An error names the field, the value and what was expected, and its place in the tree says what to do."""

from __future__ import annotations

import pytest

from services.common.errors import AdloomError, Bug, Misconfigured, Rejected, TokenRefused, Unavailable


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-4, "-4 (int)"),
        ("x", "'x'"),
        (None, "None"),
        (b"\xff", "b'\\xff'"),
        (1.5, "1.5 (float)"),
    ],
)
def test_a_rejection_names_field_value_and_expectation(value: object, shown: str) -> None:
    assert str(Rejected("invalid", "dwell_ms", value, "a number")) == f"dwell_ms: {shown} where a number was expected"


def test_a_long_value_is_cut() -> None:
    text = str(Rejected("invalid", "query", "q" * 10_000, "at most 512 characters"))
    assert len(text) < 200
    assert "(10002 characters)" in text


def test_the_tree_tells_what_to_do() -> None:
    assert issubclass(TokenRefused, Rejected)
    for leaf in (Rejected, Unavailable, Misconfigured, Bug):
        assert issubclass(leaf, AdloomError)
        assert sum(issubclass(leaf, kind) for kind in (Rejected, Unavailable, Misconfigured, Bug)) == 1


def test_an_unavailable_part_is_named() -> None:
    error = Unavailable("redis", "no answer within 50 ms")
    assert (error.part, str(error)) == ("redis", "redis is unavailable: no answer within 50 ms")
