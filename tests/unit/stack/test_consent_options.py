"""`adloom ask --consent` and `adloom emit --no-consent`."""

from __future__ import annotations

import pytest
import typer

from protos.gen.adloom.events.v1.consent_pb2 import Consent
from services.cli import consent
from services.common.errors import Misconfigured
from services.common.settings import read
from services.web.settings import WebSettings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ("none", Consent(profile=False, personalise=False)),
        ("profile", Consent(profile=True, personalise=False)),
        ("personalise, profile", Consent(profile=True, personalise=True)),
        ("all", Consent(profile=True, personalise=True)),
    ],
)
def test_ask_says_both_or_nothing(text: str, said: Consent | None) -> None:
    assert consent.given(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ("none", None),
        ("profile", Consent(profile=False)),
        ("all", Consent(profile=False, personalise=False)),
    ],
)
def test_emit_says_only_what_is_not_allowed(text: str, said: Consent | None) -> None:
    assert consent.refused(text) == said


@pytest.mark.parametrize("text", ["everything", "profile,", "profile;personalise"])
def test_other_words_are_named_with_what_was_expected(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=rf"{text}.*where words of profile and personalise"):
        consent.given(text)
    with pytest.raises(Misconfigured, match="ADLOOM_CONSENT.*of profile and personalise"):
        read(WebSettings, {"ADLOOM_CONSENT": text})
