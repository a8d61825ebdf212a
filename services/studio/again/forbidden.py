"""What a shop's new brand kit forbids of its ads, told by their words alone; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.creative import Creative
from services.assets.screened import Screener
from services.common.verdict import Check, Verdict
from services.composer.brand_kit import BrandKit
from services.screening.claims.check import allowed_in, claims_in
from services.screening.of_words import claims_check, forbidden_check
from services.studio.again.judge_again import judged_again
from services.studio.again.recheck import asset_of, draft_of, kind_of


def without_forbidden(
    creative: Creative, product: Product | None, screener: Screener, before: BrandKit, now: datetime
) -> Creative:
    """The creative, not served any more where its words are forbidden now, or lean on a claim that was withdrawn.

    The same object where they are not. Its verdict stays that of the earlier screen but for these checks.
    """
    asset = asset_of(creative, b"", None, screener.policy)
    rules, found = screener.policy, list[Check]()
    if screener.kit.forbidden_words and rules.asks("forbidden", kind_of(creative), creative.creative_id):
        found.append(forbidden_check(asset.words, screener.kit, rules))
    withdrawn = claims_of(before) - claims_of(screener.kit)
    if withdrawn and allowed_in(asset.words, withdrawn):
        grounds = screener.grounds(product, now)
        claims = claims_in(asset.words, product, grounds.moment, grounds.allowed)
        found.append(claims_check(asset.words, claims, grounds))
    failed = {check.check: check for check in found if not check.passes}
    if not failed or creative.verdict is None:
        return creative
    kept = [failed.pop(check.check, check) for check in creative.verdict.checks]
    verdict = Verdict((*kept, *failed.values()), creative.verdict.screen)
    after = judged_again(creative, replace(draft_of(creative), verdict=verdict), now)
    return after if after.state != creative.state else creative


def claims_of(kit: BrandKit) -> frozenset[str]:
    """All claims that a kit allows."""
    return frozenset(claim for claims in kit.allowed_claims.values() for claim in claims)
