"""Checks of an ad's words: true, decent, and none that the shop forbids; pure but for the classifier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.common.verdict import Check
from services.composer.brand_kit import BrandKit
from services.screening.asset import Asset, Grounds
from services.screening.claims.check import check_of, unread_against
from services.screening.claims.claim import Claim
from services.screening.claims.row import row_of
from services.screening.judges import Judges
from services.screening.model_file import NotInstalled
from services.screening.policy import Policy
from services.screening.version import version_of
from services.screening.words.lists import block_words

_LATIN: Final = re.compile(r"[A-Za-z]{2,}")


def word_checks(  # noqa: PLR0913, PLR0917 - what a verdict is made of
    asset: Asset, claims: Sequence[Claim], grounds: Grounds, judges: Judges, policy: Policy
) -> Iterator[Check]:
    """The checks that policy asks; `claims` are those of the ad's words."""
    words = asset.words
    if policy.asks("claims", asset.kind, asset.ad):
        yield claims_check(words, claims, grounds)
    if policy.asks("unsafe_words", asset.kind, asset.ad):
        yield _unsafe(words, judges, policy)
    if policy.asks("offence", asset.kind, asset.ad) and _LATIN.search(words):
        yield _offence(words, judges, policy)
    if policy.asks("forbidden", asset.kind, asset.ad) and grounds.kit.forbidden_words:
        yield forbidden_check(words, grounds.kit, policy)


def claims_check(words: str, claims: Sequence[Claim], grounds: Grounds) -> Check:
    """Whether all that is claimed has its source, and all could be read."""
    row = row_of(grounds.product or Product(), grounds.moment)
    return check_of(claims, unread_against(words, row, grounds.own_words))


def forbidden_check(words: str, kit: BrandKit, policy: Policy) -> Check:
    """Whether the shop itself forbids a word."""
    found = block_words(kit.forbidden_words).found_in(words)
    why = f"the brand kit forbids {_named(found)}" if found else "no word that the brand kit forbids"
    return policy.rules["forbidden"].check(len(found), why, version_of("forbidden", kit.forbidden_words))


def _unsafe(words: str, judges: Judges, policy: Policy) -> Check:
    rule = policy.rules["unsafe_words"]
    if isinstance(judges.words, NotInstalled):
        return rule.unmeasured(judges.words.why)
    found = judges.words.found_in(words)
    why = f"{_named(found)} would offend" if found else "no word of the lists of unsafe words"
    return rule.check(len(found), why, judges.words.version)


def _offence(words: str, judges: Judges, policy: Policy) -> Check:
    """The worst line counts: a long description would hide it."""
    rule = policy.rules["offence"]
    if isinstance(judges.texts, NotInstalled):
        return rule.unmeasured(judges.texts.why)
    lines = [line for line in words.splitlines() if _LATIN.search(line)]
    heard = lines if isinstance(judges.words, NotInstalled) else [judges.words.unmasked(line) for line in lines]
    score, line = max(zip(judges.texts.offence(heard), lines, strict=True))
    return rule.check(round(score, 3), f'"{line}" offends with {score:.0%}', judges.texts.version)


def _named(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)
