"""Compares a stack's results with the oracle's, promise by promise."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.evaluation.main import newest_version
from services.features.profile import DECAYED, HALF_LIFE_NAMES, Profile, totals
from services.sdk.report_reader import newest_report
from services.tools.drills.drill import Promise
from services.tools.drills.oracle.oracle import Event, Expected, position
from services.tools.drills.oracle.shown_profiles import profiles_of, row_count
from services.tools.drills.oracle.whole_log import read_dead_letters, read_outcomes
from services.tools.drills.traffic.poison import RAW_USER
from services.tools.drills.traffic.traffic import EXPECTED_REASON
from services.tools.drills.waiting import answered
from services.wire.codec.envelope import RawRecord

TOLERANCE = 1e-9  # of law 4
_SHOWN = 3  # how many differences are printed


def profile_promises(redis: str, expected: Expected, now_us: int) -> list[Promise]:
    """Profiles in Feast: integers, and sums decayed to `now_us`, for which `expected` was computed, too."""
    found = answered(lambda: profiles_of(redis, [*expected.profiles]))
    wrong = [user for user, row in expected.profiles.items() if _integers(found.get(user)) != row["totals"]]
    events = sum(
        sum(row["totals"][f"{kind}s_total"] for kind in ("view", "click", "order"))
        for row in expected.profiles.values()
    )
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now_us)
    apart = {user: _apart(found.get(user), row["sums"], now) for user, row in expected.profiles.items()}
    off = [user for user, error in apart.items() if error > TOLERANCE]
    more = answered(lambda: row_count(redis)) - len(found)
    return [
        _promise(
            "integers of every profile in Feast equal the oracle's, and there is no other",
            f"{len(expected.profiles):,} profiles of {events:,} distinct events, {len(wrong)} differ, {more} too many",
            [f"{user}: {_difference(_integers(found.get(user)), expected.profiles[user]['totals'])}" for user in wrong]
            + [f"{more} rows of shoppers without events"] * (more != 0),
        ),
        _promise(
            "decayed floats, at one moment, are within 1e-9 of the oracle's",
            f"largest relative difference {max(apart.values(), default=math.inf):.1e}, {len(off)} profiles beyond",
            [f"{user}: {apart[user]:.1e}" for user in off],
        ),
    ]


def outcome_promises(kafka: str, expected: Expected) -> list[Promise]:
    """Every outcome equals the oracle's, and there are no others."""
    found = answered(lambda: read_outcomes(kafka))
    wrong = [name for name, row in expected.outcomes.items() if found.closed.get(name) != row]
    more = [name for name in {**found.closed, **found.early} if name not in expected.outcomes]
    early = [n for n, kind in found.early.items() if n in expected.outcomes and expected.outcomes[n]["kind"] != kind]
    kinds = Counter(row["kind"] for row in expected.outcomes.values())
    invalid = Counter(row["invalid_traffic"] for row in expected.outcomes.values() if row["invalid_traffic"])
    return [
        _promise(
            "every outcome (kind, delay, value, ids, propensities, marks, render) equals the oracle's, "
            "and there is no other",
            f"{len(expected.outcomes):,} outcomes {dict(kinds)}, marked {dict(invalid)}, "
            f"in {found.messages:,} messages; {len(wrong)} differ or are missing, {len(more)} too many, "
            f"{len(found.contradictions)} contradictions",
            [f"{name}: {_difference(found.closed.get(name), expected.outcomes[name])}" for name in wrong]
            + [f"{name}: not expected" for name in more]
            + [f"{name}: contradicting messages" for name in [*found.contradictions, *early]],
        )
    ]


def letter_promises(kafka: str, expected: Expected, events: Sequence[Event]) -> list[Promise]:
    """Dead letters by origin: exactly the poison that was sent, each with its reason."""
    found, letters = answered(lambda: read_dead_letters(kafka))
    sent = {
        position(event): event["headers"][EXPECTED_REASON].decode()
        for event in events
        if EXPECTED_REASON in event["headers"]
    }
    reasons = Counter(expected.letters.values())
    leaked = [raw for raw in letters if RAW_USER in b"".join([raw.key or b"", _unzipped(raw), *_bytes(raw.headers)])]
    return [
        _promise(
            "dead letters by (topic, partition, offset) and reason equal the oracle's and the poison that was sent",
            f"{len(sent):,} poison {dict(reasons)}; {len(found):,} dead letters in {len(letters):,} messages, "
            f"{len(leaked)} show a raw user",
            [f"{at}: {found.get(at)} for {why}" for at, why in expected.letters.items() if found.get(at) != why]
            + [f"{at}: {why}, not expected" for at, why in found.items() if at not in expected.letters]
            + [
                f"{at}: sent as {sent.get(at)}, the oracle says {expected.letters.get(at)}"
                for at in _unequal(sent, expected.letters)
            ]
            + [f"{raw.partition}/{raw.offset} shows a raw user" for raw in leaked],
        )
    ]


def figure_promises(kafka: str, expected: Expected) -> list[Promise]:
    """The newest report and the newest posterior equal the oracle's."""
    return [_report_promise(kafka, expected), _posterior_promise(kafka, expected)]


def _report_promise(kafka: str, expected: Expected) -> Promise:
    report = answered(lambda: newest_report(kafka))
    counts = {"impressions": report.impressions, "outcomes": report.outcomes}
    rates = {(p.policy, p.foreign): (p.impressions, p.clicks) for p in report.policies if p.impressions}
    shares = {(p.policy, p.foreign): (p.served, p.with_pixel, p.rendered) for p in report.policies}
    given = {(e.traffic, e.policy, e.estimator): e for e in report.estimates}
    valued = sum(e.HasField("value") for e in report.estimates)
    wrong = [
        _difference(counts, {"impressions": expected.impressions, "outcomes": len(expected.outcomes)}),
        _difference(rates, expected.rates),
        _difference(shares, expected.shares),
        *(f"{p.policy}: {p.ctr}" for p in report.policies if not _close(p.ctr * p.impressions, p.clicks)),
    ]
    off = {name: _estimate(given.get(name), row) for name, row in expected.estimates.items()}
    return _promise(
        "counts and click rates of the report equal the oracle's, estimates are within 1e-9",
        f"{report.impressions:,} impressions, {report.outcomes:,} outcomes, {len(rates)} rates, {valued} estimates",
        [text for text in wrong if text]
        + [f"{name}: {text}" for name, text in off.items() if text]
        + [f"{name}: not expected" for name in given if name not in expected.estimates],
    )


def _posterior_promise(kafka: str, expected: Expected) -> Promise:
    version = answered(lambda: newest_version(kafka))
    arms = {arm.creative_id: arm for arm in version.arms} if version else {}
    wrong = [name for name, sums in expected.arms.items() if not _same_arm(arms.get(name), sums)]
    learnt = sum(n for n, _, _ in expected.arms.values())
    return _promise(
        "the posterior includes each outcome once",
        f"{len(expected.arms)} arms, {learnt:,} closed impressions with a score, {len(wrong)} arms differ",
        [f"{name}: {arms.get(name)} for {expected.arms[name]}" for name in wrong]
        + [f"{name}: not expected" for name in arms if name not in expected.arms],
    )


def _promise(text: str, happened: str, differences: Sequence[str]) -> Promise:
    first = "; ".join(differences[:_SHOWN])
    return Promise(text, f"{happened}{f'; first differences: {first}' if first else ''}", not differences)


def _integers(profile: Profile | None) -> dict[str, Any] | None:
    return None if profile is None else totals(profile)


def _apart(profile: Profile | None, sums: Mapping[str, Mapping[str, float]], now: datetime) -> float:
    """The largest difference of any decayed sum, relative where the sum is above 1."""
    if profile is None:
        return math.inf
    decayed = profile.decayed_to(now)
    pairs = [
        (decayed[row, column], sums[life].get(name, 0.0))
        for row, life in enumerate(HALF_LIFE_NAMES)
        for column, name in enumerate(DECAYED)
    ]
    return max(abs(float(ours) - theirs) / max(1.0, abs(theirs)) for ours, theirs in pairs)


def _estimate(given: Any, row: Mapping[str, Any]) -> str:
    """How an estimate differs, or ""; a refused one must give a reason, and its counts must agree."""
    if given is None:
        return "missing"
    valued = given.HasField("value")
    if given.impressions != row["n"] or not _close(given.effective_sample_size, row["effective"]):
        return f"{given.impressions} and {given.effective_sample_size} for {row}"
    if valued and not _close(given.value, row["value"] or 0.0):
        return f"{given.value} for {row['value']}"
    return "" if valued or given.refused else "neither a value nor a refusal"


def _same_arm(arm: Any, sums: tuple[int, int, float]) -> bool:
    return arm is not None and (arm.impressions, arm.clicks) == sums[:2] and _close(arm.expected_clicks, sums[2])


def _close(ours: float, theirs: float) -> bool:
    return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _difference(ours: Mapping[Any, Any] | None, theirs: Mapping[Any, Any]) -> str:
    """The first fields that differ; empty where none does."""
    if ours is None:
        return "missing"
    wrong = [
        f"{key} {ours.get(key)} for {theirs.get(key)}" for key in {**theirs, **ours} if ours.get(key) != theirs.get(key)
    ]
    return ", ".join(wrong[:_SHOWN])


def _unequal(ours: Mapping[Any, str], theirs: Mapping[Any, str]) -> list[Any]:
    return [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]


def _unzipped(raw: RawRecord) -> bytes:
    """The value, and what is compressed in it."""
    value = raw.value or b""
    return value + gzip.decompress(value) if value.startswith(b"\x1f\x8b") else value


def _bytes(headers: Sequence[tuple[str, bytes | None]]) -> list[bytes]:
    return [value or b"" for _, value in headers]
