"""Whether an ad may be shown: one verdict, of all checks that policy asks of its kind; pure but for the models.

Asset     its file and words           Grounds   the product's row, the brand kit, the product's other ads
Judges    models, where installed      Policy    thresholds, and which checks are asked
    -> of_file, of_picture, of_reading, of_words -> Screened: the verdict, and the hash of the look
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.catalogue.offer import NOTHING, Stated, together
from services.common.verdict import Check, Verdict
from services.composer.brand_kit import BrandKit
from services.screening.asset import Asset, Grounds
from services.screening.claims.check import claims_in
from services.screening.claims.check import version as claims_version
from services.screening.claims.claim import Claim
from services.screening.judges import Judges
from services.screening.of_file import VERSIONS, file_checks
from services.screening.of_picture import picture_checks
from services.screening.of_reading import lines_in, reading_checks, unsaid
from services.screening.of_words import word_checks
from services.screening.pictures.brand_colours import COLOURS
from services.screening.pictures.looks import LOOKS, look_of
from services.screening.pictures.plain_pixels import opened
from services.screening.pictures.sharpness import BLOCKS, SHARP
from services.screening.policy import Policy
from services.screening.reading.likeness import text_of
from services.screening.version import version_of

REVISION: Final = 1
"""Of the code of checks that have no version of their own: one more where they judge otherwise."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found of an ad."""

    verdict: Verdict
    look: str = ""  # of its picture and words, which later ads of the product are held against; empty: it has none
    stated: Stated = NOTHING  # of the offer, by its words and by what is read in its picture (law 10)


def verdict_of(asset: Asset, grounds: Grounds, judges: Judges, policy: Policy) -> Screened:
    """The verdict, the hash of the ad's look, and what it states of the offer."""
    said, seen = _claims(asset.words, grounds), tuple[Claim, ...]()
    if asset.kind == "words":
        return Screened(Verdict(tuple(word_checks(asset, said, grounds, judges, policy))), stated=_stated(said))
    picture = opened(asset.content)
    checks = [*_made(asset), *file_checks(asset, picture, policy)]
    look = ""
    if not isinstance(picture, str):
        lines = lines_in(asset, picture, judges, policy)
        look = look_of(picture, text_of(lines) if asset.kind == "finished" and lines else asset.headline)
        checks += picture_checks(asset, picture, look, grounds, judges, policy)
        if policy.asks("claims_seen", asset.kind, asset.ad):
            seen = _claims(unsaid(asset, lines), grounds)
        checks += reading_checks(asset, picture, lines, seen, grounds, judges, policy)
    checks += word_checks(asset, said, grounds, judges, policy)
    return Screened(Verdict(tuple(checks)), look, _stated((*said, *seen)))


def _claims(text: str, grounds: Grounds) -> tuple[Claim, ...]:
    return claims_in(text, grounds.product, grounds.moment, grounds.allowed)


def _stated(claims: Iterable[Claim]) -> Stated:
    return together(claim.states for claim in claims)


def screen_version(judges: Judges, policy: Policy, kit: BrandKit) -> str:
    """Of the screen as a whole: what another one has judged is to be judged again."""
    claims = sorted((language, tuple(said)) for language, said in kit.allowed_claims.items())
    own = (kit.forbidden_words, claims, sorted(kit.colours.items()), sorted(kit.call_to_action.items()))
    checks = (claims_version(), SHARP, BLOCKS, COLOURS, LOOKS, *VERSIONS.values(), REVISION)
    return version_of("screen", judges.version, policy.version, checks, own)


def _made(asset: Asset) -> Iterator[Check]:
    """What the composer found, which knows each of its texts and the pixels behind it."""
    if asset.made is not None:
        yield from asset.made.checks
