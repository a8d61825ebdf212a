"""Checks of what is written in a picture, as a reader of pictures reads it; pure but for the reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PIL import Image

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.common.verdict import Check
from services.screening.asset import Asset, Grounds
from services.screening.claims.check import unread_against, version, why_unread
from services.screening.claims.claim import Claim
from services.screening.claims.row import Row, row_of
from services.screening.judges import Judges
from services.screening.model_file import NotInstalled
from services.screening.pictures.contrast_seen import line_contrast
from services.screening.policy import Policy
from services.screening.reading.likeness import likeness, text_of
from services.screening.reading.ports import Line, Reader

_SAID: Final = 0.8  # of its letters
SEEN: Final = ("reads_back", "contrast_seen", "claims_seen")
"""The checks that need a reader."""


def asked_of(asset: Asset, policy: Policy) -> list[str]:
    """Those of them that policy asks."""
    return [name for name in SEEN if policy.asks(name, asset.kind, asset.ad)]


def lines_in(asset: Asset, picture: Image.Image, judges: Judges, policy: Policy) -> Sequence[Line]:
    """What is read in the picture; nothing where nothing is asked, or nobody reads."""
    if isinstance(judges.reader, NotInstalled) or not asked_of(asset, policy):
        return ()
    return judges.reader.lines(picture)


def reading_checks(  # noqa: PLR0913, PLR0917 - what a verdict is made of
    asset: Asset,
    picture: Image.Image,
    lines: Sequence[Line],
    claims: Sequence[Claim],
    grounds: Grounds,
    judges: Judges,
    policy: Policy,
) -> Iterator[Check]:
    """The checks that policy asks; `claims` are those that stand in the picture alone."""
    asked = asked_of(asset, policy)
    if isinstance(judges.reader, NotInstalled):
        for name in asked:
            yield policy.rules[name].unmeasured(judges.reader.why)
        return
    if "reads_back" in asked and asset.headline:
        yield from _reads_back(asset, lines, judges.reader, policy)
    if "contrast_seen" in asked:
        yield _contrast(picture, lines, judges.reader, policy)
    if "claims_seen" in asked:
        unread = unread_against(unsaid(asset, lines), _row(grounds), (asset.words, *grounds.own_words))
        yield _claims(claims, unread, judges.reader, policy)


def _reads_back(asset: Asset, lines: Sequence[Line], reader: Reader, policy: Policy) -> Iterator[Check]:
    rule = policy.rules["reads_back"]
    unknown = reader.unknown_in(asset.headline)
    if unknown:
        if asset.made is None:  # our composer's own checks stand: each letter is there, and its contrast is measured
            yield rule.unmeasured(f'the reader of pictures does not know "{unknown}"')
        return
    read = text_of(lines)
    score = likeness(asset.headline, read)
    shown = " / ".join(read.split("\n")) or "nothing"
    yield rule.check(score, f'{score:.0%} of the headline can be read back; seen: "{shown}"', reader.version)


def _contrast(picture: Image.Image, lines: Sequence[Line], reader: Reader, policy: Policy) -> Check:
    """A picture without words has none that cannot be read."""
    measured = [(line_contrast(picture, line.box), line.text) for line in lines]
    least, text = min(measured, default=(21.0, ""))
    why = f'"{text}" stands out least from what is behind it ({least:.1f} to 1)' if text else "no text was seen"
    return policy.rules["contrast_seen"].check(round(least, 2), why, reader.version)


def unsaid(asset: Asset, lines: Sequence[Line]) -> str:
    """What the picture says beside the ad's words."""
    return text_of([line for line in lines if not _is_said(line.text, asset.words)])


def _is_said(line: str, words: str) -> bool:
    """Whether the ad's words say it, but for what was misread: those are checked as words, to the letter."""
    numbers = "".join(filter(str.isdigit, line))
    return numbers in "".join(filter(str.isdigit, words)) and likeness(line, words) >= _SAID


def _row(grounds: Grounds) -> Row:
    return row_of(grounds.product or Product(), grounds.moment)


def _claims(claims: Sequence[Claim], unread: str, reader: Reader, policy: Policy) -> Check:
    rule, judged_by = policy.rules["claims_seen"], f"{reader.version} {version()}"
    failed = [claim for claim in claims if claim.supported_by is None]
    if unread and not failed:
        return rule.unmeasured(why_unread(unread), judged_by)
    why = "; ".join(f'"{claim.words}" in the picture: {claim.why}' for claim in failed)
    return rule.check(len(failed), why or "what the picture says has its source", judged_by)
