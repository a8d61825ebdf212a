"""What a shopper allows (law 7): whether a profile may be kept, and whether one may be used to choose.

Whoever meets an event or a request first completes it by the shop's setting `ADLOOM_CONSENT` and writes both answers
onto the message, so nothing downstream has to know the setting. A message that a trusted producer put on Kafka without
them is read by the setting of the worker that reads it.

Without consent to `profile`, an event enters no profile. Its outcome counts in rates, which hold nothing of a shopper,
and no model is trained on it; a posterior learns from it unless the choice used a profile all the same. Without consent
to `personalise`, no profile and no frequency memory of the shopper is used, and only what the request says is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from protos.gen.adloom.events.v1 import consent_pb2

PROFILE: Final = "profile"
PERSONALISE: Final = "personalise"
WORDS: Final = {"none": frozenset[str](), "all": frozenset({PROFILE, PERSONALISE})}


@dataclass(frozen=True, slots=True)
class Consent:
    """Both answers."""

    profile: bool = True
    personalise: bool = True


ALLOWED: Final = Consent()


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The form of a setting or an option that says what is allowed."""

    def __contains__(self, text: str) -> bool:
        return words_of(text) is not None

    def __str__(self) -> str:
        return f"of {PROFILE} and {PERSONALISE}, with a comma between, or all, or none"


ConsentSetting = Annotated[str, ConsentWords()]
ALLOWED_UNLESS_SAID: Final = f"{PROFILE},{PERSONALISE}"
"""The default of the setting `ADLOOM_CONSENT`."""


def words_of(text: str) -> frozenset[str] | None:
    """What a text allows; None where it has another word in it.

    >>> words_of("all") == words_of("profile, personalise"), words_of("none"), words_of("everything")
    (True, frozenset(), None)
    """
    if text in WORDS:
        return WORDS[text]
    words = frozenset(word.strip() for word in text.split(","))
    return words if words <= WORDS["all"] else None


def consent_of(text: str) -> Consent:
    """The consent that a setting of the form `ConsentWords` states.

    >>> consent_of("personalise")
    Consent(profile=False, personalise=True)
    """
    words = words_of(text) or frozenset()
    return Consent(PROFILE in words, PERSONALISE in words)


def completed(said: consent_pb2.Consent, otherwise: Consent) -> Consent:
    """What a message says, and `otherwise` where it says nothing."""
    return Consent(
        said.profile if said.HasField("profile") else otherwise.profile,
        said.personalise if said.HasField("personalise") else otherwise.personalise,
    )


def complete(said: consent_pb2.Consent, otherwise: Consent) -> None:
    """Writes both answers onto a message's consent."""
    found = completed(said, otherwise)
    said.profile, said.personalise = found.profile, found.personalise
