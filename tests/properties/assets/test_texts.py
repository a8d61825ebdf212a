"""Laws of vectors, identities and line breaks, for any text."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assets.creative import Draft, creative_id_of
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.terms import words
from services.composer.type.line_breaks import pieces_of
from services.composer.type.typesetting import wrapped
from services.copywriter.headlines import HEADLINE_STYLES, style_of

texts = st.text(max_size=80)
THREE = st.tuples(texts, texts, texts)


@given(texts)
def test_a_vector_has_length_one_or_zero(text: str) -> None:
    vector = demo_catalogue().terms.vectors([text])[0]
    length = np.linalg.norm(vector)
    assert (length == 0.0) if not words(text) else bool(np.isclose(length, 1.0) or length == 0.0)


@given(st.lists(st.sampled_from(["coat", "warm", "red", "zebra"]), min_size=1, max_size=6))
def test_order_of_words_does_not_matter(said: list[str]) -> None:
    vectors = demo_catalogue().terms.vectors([" ".join(said), " ".join(reversed(said))])
    assert vectors[0].tobytes() == vectors[1].tobytes()


@given(texts)
def test_every_headline_has_a_style(text: str) -> None:
    assert style_of(text) in HEADLINE_STYLES


@settings(max_examples=200)
@given(THREE, THREE)
def test_ids_are_equal_exactly_when_what_is_seen_is_equal(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    first, second = (
        creative_id_of(Draft("bag-tote", "300x250", said[0], said[1], said[2]), "00") for said in (one, other)
    )
    assert (first == second) == (one == other)


@given(texts, st.floats(1, 40))
def test_wrapping_keeps_the_letters_and_the_width(text: str, width: float) -> None:
    lines = wrapped(pieces_of(text), width, len)
    assert all(len(line) <= width for line in lines)
    assert not lines or "".join("".join(lines).split(" ")) == "".join(_BREAKING.sub("", text))


_BREAKING = re.compile("[ \t\r\n]")
