"""The options by which `adloom ask` and `adloom emit` say what the shopper allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from protos.gen.adloom.events.v1.consent_pb2 import Consent

Given = Annotated[
    str, typer.Option("--consent", help="What the shopper allows: profile, personalise, all or none; else as set.")
]
Refused = Annotated[
    str,
    typer.Option("--no-consent", help="What the shopper does not allow: profile, personalise or both, with a comma."),
]


def given(text: str) -> Consent | None:
    """What `--consent` says, both answers; None where it is absent."""
    from protos.gen.adloom.events.v1.consent_pb2 import Consent
    from services.common.consent import PERSONALISE, PROFILE

    if not text:
        return None
    words = _words("--consent", text)
    return Consent(profile=PROFILE in words, personalise=PERSONALISE in words)


def refused(text: str) -> Consent | None:
    """What `--no-consent` says; what it does not name is left unsaid. None where it is absent."""
    from protos.gen.adloom.events.v1.consent_pb2 import Consent
    from services.common.consent import PERSONALISE, PROFILE

    words = _words("--no-consent", text) if text else frozenset[str]()
    profile, personalise = (False if word in words else None for word in (PROFILE, PERSONALISE))
    return Consent(profile=profile, personalise=personalise) if words else None


def _words(option: str, text: str) -> frozenset[str]:
    from services.common.consent import ConsentWords, words_of

    words = words_of(text)
    if words is None:
        raise typer.BadParameter(f"{option}: {text!r} where words {ConsentWords()} were expected")
    return words
