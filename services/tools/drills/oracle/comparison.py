"""What a stack said against what the oracle says, promise by promise."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.evaluation.main import newest_version
from services.features.profile import DECAYED, HALF_LIFE_NAMES, Profile, totals
from services.sdk.report_reader import newest_report
from services.tools.drills.drill import Promise
from services.tools.drills.oracle.oracle import Event, Expected, place
from services.tools.drills.oracle.shown_profiles import kept, shown
from services.tools.drills.oracle.whole_log import letters_said, outcomes_said
from services.tools.drills.traffic.poison import RAW_USER
from services.tools.drills.traffic.traffic import MEANT
from services.tools.drills.waiting import answered

TOLERANCE = 1e-9  # of law 4
_SHOWN = 3  # differences that are told


def profile_promises(redis: str, told: Expected, now_us: int) -> list[Promise]:
    """Profiles in Feast, integers and what has faded until `now_us`, for which `told` was computed too."""
    found = answered(lambda: shown(redis, [*told.profiles]))
    wrong = [user for user, row in told.profiles.items() if _integers(found.get(user)) != row["totals"]]
    events = sum(
        sum(row["totals"][f"{kind}s_total"] for kind in ("view", "click", "order")) for row in told.profiles.values()
    )
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now_us)
    apart = {user: _apart(found.get(user), row["sums"], now) for user, row in told.profiles.items()}
    faded = [user for user, error in apart.items() if error > TOLERANCE]
    more = answered(lambda: kept(redis)) - len(found)
    return [
        _promise(
            "integers of every profile in Feast equal the oracle's, and there is no other",
            f"{len(told.profiles):,} profiles of {events:,} distinct events, {len(wrong)} differ, {more} too many",
            [f"{user}: {_difference(_integers(found.get(user)), told.profiles[user]['totals'])}" for user in wrong]
            + [f"{more} shoppers have rows that nothing called for"] * (more != 0),
        ),
        _promise(
            "decayed floats, at one moment, are within 1e-9 of the oracle's",
            f"largest relative difference {max(apart.values(), default=math.inf):.1e}, {len(faded)} profiles beyond",
            [f"{user}: {apart[user]:.1e}" for user in faded],
        ),
    ]


def outcome_promises(kafka: str, told: Expected) -> list[Promise]:
    """Every outcome once, as the oracle has it."""
    said = answered(lambda: outcomes_said(kafka))
    wrong = [name for name, row in told.outcomes.items() if said.closed.get(name) != row]
    more = [name for name in {**said.closed, **said.early} if name not in told.outcomes]
    early = [n for n, kind in said.early.items() if n in told.outcomes and told.outcomes[n]["kind"] != kind]
    kinds = Counter(row["kind"] for row in told.outcomes.values())
    invalid = Counter(row["invalid_traffic"] for row in told.outcomes.values() if row["invalid_traffic"])
    return [
        _promise(
            "every outcome (kind, delay, value, ids, propensities, mark) equals the oracle's, and there is no other",
            f"{len(told.outcomes):,} outcomes {dict(kinds)}, marked {dict(invalid)}, in {said.messages:,} messages; "
            f"{len(wrong)} differ or are missing, {len(more)} too many, {len(said.contradictions)} contradictions",
            [f"{name}: {_difference(said.closed.get(name), told.outcomes[name])}" for name in wrong]
            + [f"{name}: not expected" for name in more]
            + [f"{name}: said in two ways" for name in [*said.contradictions, *early]],
        )
    ]


def letter_promises(kafka: str, told: Expected, events: Sequence[Event]) -> list[Promise]:
    """Dead letters by identity: the poison that was put in, by its reason, and nothing else."""
    found, letters = answered(lambda: letters_said(kafka))
    meant = {place(event): event["headers"][MEANT].decode() for event in events if MEANT in event["headers"]}
    reasons = Counter(told.letters.values())
    leaked = [raw for raw in letters if RAW_USER in b"".join([raw.key or b"", raw.value or b"", *_bytes(raw.headers)])]
    return [
        _promise(
            "dead letters by (topic, partition, offset) equal the poison by reason, the oracle's and what was put in",
            f"{len(meant):,} poison {dict(reasons)}; {len(found):,} dead letters in {len(letters):,} messages, "
            f"{len(leaked)} show a raw user",
            [f"{at}: {found.get(at)} for {why}" for at, why in told.letters.items() if found.get(at) != why]
            + [f"{at}: {why}, not expected" for at, why in found.items() if at not in told.letters]
            + [
                f"{at}: meant as {meant.get(at)}, the oracle says {told.letters.get(at)}"
                for at in _unequal(meant, told.letters)
            ]
            + [f"{raw.partition}/{raw.offset} shows a raw user" for raw in leaked],
        )
    ]


def figure_promises(kafka: str, told: Expected) -> list[Promise]:
    """The newest report and the newest posterior."""
    return [_report_promise(kafka, told), _posterior_promise(kafka, told)]


def _report_promise(kafka: str, told: Expected) -> Promise:
    report = answered(lambda: newest_report(kafka))
    counts = {"impressions": report.impressions, "outcomes": report.outcomes}
    rates = {(p.policy, p.foreign): (p.impressions, p.clicks) for p in report.policies}
    given = {(e.traffic, e.policy, e.estimator): e for e in report.estimates}
    valued = sum(e.HasField("value") for e in report.estimates)
    wrong = [
        _difference(counts, {"impressions": told.impressions, "outcomes": len(told.outcomes)}),
        _difference(rates, told.rates),
        *(f"{p.policy}: {p.ctr}" for p in report.policies if not _close(p.ctr, p.clicks / p.impressions)),
    ]
    off = {name: _estimate(given.get(name), row) for name, row in told.estimates.items()}
    return _promise(
        "counts and click rates of the report equal the oracle's, estimates are within 1e-9",
        f"{report.impressions:,} impressions, {report.outcomes:,} outcomes, {len(rates)} rates, {valued} estimates",
        [text for text in wrong if text]
        + [f"{name}: {text}" for name, text in off.items() if text]
        + [f"{name}: not expected" for name in given if name not in told.estimates],
    )


def _posterior_promise(kafka: str, told: Expected) -> Promise:
    version = answered(lambda: newest_version(kafka))
    arms = {arm.creative_id: arm for arm in version.arms} if version else {}
    wrong = [name for name, sums in told.arms.items() if not _same_arm(arms.get(name), sums)]
    learnt = sum(n for n, _, _ in told.arms.values())
    return _promise(
        "the posterior includes each outcome once",
        f"{len(told.arms)} arms, {learnt:,} closed impressions with a score, {len(wrong)} arms differ",
        [f"{name}: {arms.get(name)} for {told.arms[name]}" for name in wrong]
        + [f"{name}: not expected" for name in arms if name not in told.arms],
    )


def _promise(text: str, happened: str, differences: Sequence[str]) -> Promise:
    told = "; ".join(differences[:_SHOWN])
    return Promise(text, f"{happened}{f'; first differences: {told}' if told else ''}", not differences)


def _integers(profile: Profile | None) -> dict[str, Any] | None:
    return None if profile is None else totals(profile)


def _apart(profile: Profile | None, sums: Mapping[str, Mapping[str, float]], now: datetime) -> float:
    """The largest difference of a decayed sum, relative to it where it is above 1."""
    if profile is None:
        return math.inf
    faded = profile.decayed_to(now)
    pairs = [
        (faded[row, column], sums[life].get(name, 0.0))
        for row, life in enumerate(HALF_LIFE_NAMES)
        for column, name in enumerate(DECAYED)
    ]
    return max(abs(float(ours) - theirs) / max(1.0, abs(theirs)) for ours, theirs in pairs)


def _estimate(given: Any, row: Mapping[str, Any]) -> str:
    """How an estimate differs; a refused one must say why, and agrees in all that it tells."""
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


def _bytes(headers: Sequence[tuple[str, bytes | None]]) -> list[bytes]:
    return [value or b"" for _, value in headers]
