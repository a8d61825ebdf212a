"""`adloom drill tokens`: only our tokens count, once, for the shopper they were given to; keys rotate under load."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.common.errors import Broken
from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.tokens.ad_server import Shown
    from services.tools.drills.tokens.bad_tokens import Bad
    from services.tools.drills.tokens.click_results import ClickResults
    from services.tools.drills.tokens.stage import Stage


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is sent before the rotation."""

    bad: int  # clicks with bad tokens
    shoppers: int  # shoppers with valid clicks


COUNTED_WITHIN_S: Final = 30.0
LONG: Final = Sizes(bad=10_000, shoppers=120)
SHORT: Final = Sizes(bad=900, shoppers=24)


def run(setting: Setting) -> Outcome:
    """Sends decisions, valid clicks and bad ones, by events and by links; then rotates keys under load."""
    from services.tools.drills.tokens.rotation import rotation
    from services.tools.drills.tokens.stage import staged
    from services.tools.drills.tokens.web_clicks import web_clicks

    with staged(setting) as there:
        parts = [part(setting, there) for part in (_bad_ones, web_clicks, rotation)]
    return Outcome(
        tuple(fault for injected, _ in parts for fault in injected),
        tuple(promise for _, promises in parts for promise in promises),
    )


def _bad_ones(setting: Setting, there: Stage) -> tuple[tuple[str, ...], tuple[Promise, ...]]:
    from services.tools.drills.tokens.bad_tokens import bad_tokens
    from services.tools.drills.tokens.stage import clicks_of, settled

    sizes = SHORT if setting.short else LONG
    shown = _honest(there, sizes.shoppers)
    made = bad_tokens(there.genuine(shown), there.keys(), there.now_ms(), setting.seed)
    bad = [next(made) for _ in range(sizes.bad)]
    with there.shop() as shop:
        honest = clicks_of(shown, shop)
        shop.flush(30.0)  # the valid clicks must come first, so that later ones with their tokens count as used
        clicks_of(shown, shop, honest)
        sent = {there.send(shop, one): one for one in bad}
        tally = shop.flush(60.0)
    setting.report(f"{len(bad):,} bad tokens sent, {tally.failed} failed")
    known = {one.impression_id for one in shown}
    after = settled(there, known, sent.keys())
    kinds = Counter(one.kind for one in bad)
    return (
        (
            f"{len(shown)} decisions, each clicked by its shopper, each click event sent twice",
            f"{len(bad):,} clicks with bad tokens: {', '.join(f'{count:,} {kind}' for kind, count in kinds.items())}",
        ),
        (
            _pure(there, bad),
            *_outcomes(after, known),
            _letters(after, sent, tally.failed),
            _counts(there, Counter(one.reason for one in bad), len(shown)),
            _unmatched(there),
        ),
    )


def _honest(there: Stage, count: int) -> list[Shown]:
    """The ads that `count` shoppers were shown; raises `Broken` where there are fewer than two."""
    shown = there.ad_server("honest", 50.0).many(count)
    if len(shown) < 2:
        raise Broken(f"tokens: {len(shown)} of {count} shoppers were shown an ad, too few to exchange tokens")
    return shown


def _outcomes(after: ClickResults, known: set[str]) -> tuple[Promise, Promise]:
    wrongly = sum(count for name, count in after.clicked.items() if name not in known or count > 1)
    clicked = len(known & after.clicked.keys())
    return (
        Promise("none of them is accepted by the running loop", f"{wrongly} outcomes follow from them", not wrongly),
        Promise(
            "every valid click among them counts once",
            f"{clicked} of {len(known)} impressions CLICKED",
            clicked == len(known),
        ),
    )


def _letters(after: ClickResults, sent: dict[str, Bad], failed: int) -> Promise:
    differ = [
        f"; {one.kind} became {after.reasons.get(name, 'nothing')}: {one.text[:60]!r}"
        for name, one in sent.items()
        if after.reasons.get(name) != one.reason
    ]
    return Promise(
        "each becomes a dead letter under its own reason",
        f"{len(sent) - len(differ):,} of {len(sent):,} do{''.join(differ[:1])}",
        not differ and not failed,
    )


def _counts(there: Stage, sent_by_reason: Counter[str], copies: int) -> Promise:
    """Waits until the worker's counters include all clicks that were sent."""
    from services.tools.drills.waiting import seen_when

    def enough(counts: dict[str, int]) -> bool:
        # more is possible: messages that are delivered again after a rebalance are counted again
        known = all(counts.get(reason, 0) >= count for reason, count in sent_by_reason.items())
        return known and counts.get("duplicate", 0) >= copies

    counts = seen_when(enough, there.counts, COUNTED_WITHIN_S)
    return Promise(
        "the worker counts them by reason, and repeated click events as duplicates",
        f"counted {_counts_text(counts, sent_by_reason)}, {counts.get('duplicate', 0)} duplicates; "
        f"sent {_counts_text(sent_by_reason, sent_by_reason)}, {copies} copies",
        enough(counts),
    )


def _pure(there: Stage, bad: list[Bad]) -> Promise:
    """All bad tokens, and all bit flips of a few valid ones, judged by the token rules directly."""
    from services.tools.drills.tokens.bad_tokens import USED, flips
    from services.tools.drills.tokens.stage import verdict

    judged = [(verdict(there, one.text, one.user_id), one.reason) for one in bad if one.reason != USED]
    tokens = list({one.text: one for one in bad if one.reason == USED}.values())[:5]
    judged += [(verdict(there, text, one.user_id), "forged") for one in tokens for text in flips(one.text)]
    wrong = sum(found != reason for found, reason in judged)
    return Promise(
        "the token rules refuse each by its reason, and a flip of any bit of whole tokens",
        f"{len(judged):,} judged, {wrong} otherwise",
        not wrong and len(tokens) > 1,
    )


def _unmatched(there: Stage) -> Promise:
    from services.tools.drills.tokens.stage import without_impression

    early, late = without_impression(there)
    return Promise(
        "a click with a valid token whose impression never comes waits for a day, then is a dead letter: unmatched",
        f"within the day {early or 'nothing'}, after it {late or 'nothing'} (with simulated times)",
        (early, late) == ([], ["unmatched"]),
    )


def _counts_text(counts: dict[str, int] | Counter[str], sent_by_reason: Counter[str]) -> str:
    return ", ".join(f"{counts.get(reason, 0):,} {reason}" for reason in sorted(sent_by_reason))


DRILL = Drill(
    "tokens",
    "forged, expired, used and other shoppers' tokens never count, each refused by reason; key rotation loses nothing",
    run,
    (
        Mutation(
            "signature",
            "services/common/token.py",
            "if secret is None or not hmac.compare_digest(_mac(secret, payload), mac):",
            "if secret is None:",
        ),
        Mutation(
            "expiry",
            "services/common/token.py",
            "if to_ms(now) - token.shown_at_ms > LIFETIME // timedelta(milliseconds=1):",
            "if to_ms(now) < 0:",
        ),
        Mutation("used-once", "services/outcomes/join.py", "if naming.is_used(state, join_input):", "if False:"),
        Mutation(
            "one-id-a-link",
            "services/web/tracking/token_events.py",
            "{hashlib.sha256(text.encode()).hexdigest()[:32]}",
            "{hashlib.sha256(f'{datetime.now()}{text}'.encode()).hexdigest()[:32]}",
        ),
        Mutation(
            "keys-are-followed", "services/common/key_file.py", "if stamp not in (self._seen, _GONE):", "if False:"
        ),
    ),
)
