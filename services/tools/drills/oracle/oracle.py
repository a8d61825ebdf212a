"""The expected results of a log of events: profiles, outcomes, dead letters, figures. Plain loops over the whole log.

It is written from the laws (effectively once; nothing dropped in silence; order, time and what counts) and not from the
product: it imports nothing of it, keeps everything in memory, and sorts instead of keeping states. One event is

    {"topic": "ad.clicks", "partition": 3, "offset": 17, "appended_ms": 1767225600000, "key": b"u1-..." or None,
     "headers": {"ce_id": b"...", ...} with lower-case names, "fields": {"user_id": "u1-...", ...} or None}

where `appended_ms` is the message's own LogAppendTime, and `fields` holds every field of the message, defaults
included, or is None where the bytes are no such message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Event = Mapping[str, Any]
Row = dict[str, Any]
RecordPosition = tuple[str, int, int]  # topic, partition, offset
Promised = tuple[str, str, float]  # by a token: impression, creative, propensity
Product = tuple[Sequence[float], int, tuple[float, float] | None]  # vector, slot, ranks of the price where known

TYPES = {"ad.views": "View", "ad.clicks": "Click", "ad.orders": "Order", "ad.impressions": "Impression"} | {
    "ad.renders": "Render"
}
KINDS = {"ad.views": "view", "ad.clicks": "click", "ad.orders": "order"}
HALF_LIVES_S = {"10m": 600.0, "24h": 86_400.0, "14d": 14 * 86_400.0}
WEIGHTS = {"view": 1.0, "click": 3.0, "order": 5.0}
PRICES = ("price_weight", "weighted_price_rank", "weighted_price_level")
_MICROSECOND = datetime.resolution
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
JUDGED = {"uniform", "thompson"}
PSEUDONYM = re.compile(r"u[1-9][0-9]{0,3}-[0-9a-f]{32}", re.ASCII)
MOVED_FROM = re.compile(rb"[a-z.]{1,40}/[0-9]{1,6}/[0-9]{1,20}")
KEPT_DAYS = {"ad.views": 7, "ad.clicks": 30, "ad.orders": 30, "ad.impressions": 30, "ad.renders": 30}
LENGTHS = {"product_id": (1, 128), "query": (0, 512), "page": (0, 512), "user_agent": (0, 512), "user_id": (1, 256)} | {
    "impression_token": (0, 4096)
}
RANGES = {"dwell_ms": (0, 86_400_000), "quantity": (0, 100_000), "value_minor": (0, 10**12)} | {
    "viewable_ms": (0, 86_400_000)
}
IMPRESSION_LENGTHS = {"impression_id": (1, 128), "request_id": (0, 128), "user_id": (1, 80), "placement_id": (0, 128)}


@dataclass(frozen=True)
class Rules:
    """The settings of the deployment."""

    window_ms: int  # of attribution
    secrets: Mapping[str, bytes]  # of token keys, by key id
    products: Mapping[str, Product]
    burst: int = 120  # more events of one kind in one minute of event time mark a script
    partitions: int = 6


@dataclass
class Expected:
    """The expected results of the system."""

    profiles: dict[str, Row] = field(default_factory=dict)  # by user: totals, sums, interest, as_of_us
    outcomes: dict[str, Row] = field(default_factory=dict)  # by outcome id, all windows closed
    letters: dict[RecordPosition, str] = field(default_factory=dict)  # reason by origin
    impressions: int = 0
    rates: dict[tuple[str, bool], tuple[int, int]] = field(default_factory=dict)  # impressions and clicks by policy
    shares: dict[tuple[str, bool], tuple[int, int, int]] = field(default_factory=dict)  # served, with pixel, rendered
    estimates: dict[tuple[str, str, str], Row] = field(default_factory=dict)  # by traffic, policy, estimator
    arms: dict[str, tuple[int, int, float]] = field(default_factory=dict)  # impressions, clicks, expected clicks


def expected(events: Iterable[Event], rules: Rules, now_us: int = 0) -> Expected:
    """The results of `events`, which may be given in any order; sums are decayed to `now_us` where that is later."""
    result = Expected()
    users: dict[str, list[Event]] = {}
    impressions: set[tuple[str, str]] = set()
    for event in map(dated, sorted(events, key=position)):
        astray = own_partition(event["key"], event["partition"], rules.partitions) != event["partition"]
        if astray and event["topic"] != "ad.impressions":
            continue  # it was published again to its own partition, and counts there
        reason = refusal(event)
        if reason:
            result.letters[position(event)] = reason
            continue
        if event["topic"] == "ad.impressions":
            shown = event["fields"]["user_id"], event["fields"]["impression_id"]
            impressions.add(shown)  # evaluation counts these in any partition
        if not astray:
            users.setdefault(event["fields"]["user_id"], []).append(event)
    result.impressions = len(impressions)
    for user, mine in users.items():
        events_of_shop = distinct(e for e in mine if e["topic"] in KINDS and allows_profile(e))
        if events_of_shop:
            result.profiles[user] = profile(events_of_shop, rules, now_us)
        outcomes_of(mine, rules, result)
    judge(result)
    return result


# ---------------------------------------------------------------------------------------------- what is an event


def position(event: Event) -> RecordPosition:
    """The identity of a dead letter."""
    return event["topic"], event["partition"], event["offset"]


def dated(event: Event) -> Event:
    """The event at the time of its first append: a message that was moved to its own partition states that time."""
    stated, own = event["headers"].get("adloom_appended_ms") or b"", event["appended_ms"]
    was_moved = MOVED_FROM.fullmatch(event["headers"].get("adloom_moved") or b"")
    if not was_moved or not re.fullmatch(rb"[1-9][0-9]{0,14}", stated):
        return event
    waited_ms = own - int(stated)
    return {**event, "appended_ms": int(stated)} if 0 <= waited_ms <= KEPT_DAYS[event["topic"]] * DAY_MS else event


def own_partition(key: bytes | None, here: int, partitions: int) -> int:
    """The partition of a pseudonym: murmur2 as in Java's clients. Any other key stays in its partition."""
    if key is None or not PSEUDONYM.fullmatch(key.decode("latin-1")):
        return here
    m, h = 0x5BD1E995, 0x9747B28C ^ len(key)
    for i in range(0, len(key) & ~3, 4):
        k = int.from_bytes(key[i : i + 4], "little") * m & 0xFFFFFFFF
        h = (h * m & 0xFFFFFFFF) ^ ((k ^ k >> 24) * m & 0xFFFFFFFF)
    tail = key[len(key) & ~3 :]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * m & 0xFFFFFFFF
    h = (h ^ h >> 13) * m & 0xFFFFFFFF
    return ((h ^ h >> 15) & 0x7FFFFFFF) % partitions


def refusal(event: Event) -> str:
    """Why a message is no event; empty for one that is."""
    headers, fields = event["headers"], event["fields"]
    if (headers.get("content-type") or b"").split(b";")[0] not in (b"application/protobuf", b"application/json"):
        return "undecodable"
    names = [text_of(headers, name) for name in ("ce_id", "ce_source", "ce_type", "ce_time")]
    if text_of(headers, "ce_specversion") != "1.0" or not all(names) or time_us(event) is None:
        return "invalid"
    if names[2] != f"adloom.events.v1.{TYPES[event['topic']]}":
        return "unknown_type"
    if fields is None:
        return "undecodable"
    if not fields_are_good(event["topic"], fields):
        return "invalid"
    key = (event["key"] or b"").decode("latin-1")
    if not PSEUDONYM.fullmatch(fields["user_id"]) or not PSEUDONYM.fullmatch(key):
        return "not_a_pseudonym"
    if fields["user_id"] != key:
        return "invalid"
    late_us = event["appended_ms"] * 1000 - (time_us(event) or 0)
    return "too_old" if late_us > DAY_MS * 1000 else "from_the_future" if late_us < -300_000_000 else ""


def text_of(headers: Mapping[str, bytes | None], name: str) -> str:
    """The attribute, or nothing where it is missing or not what CloudEvents allows."""
    text = (headers.get(name) or b"").decode("utf-8", "replace")
    return text if len(text) <= 256 and text.isprintable() and "\ufffd" not in text else ""


def time_us(event: Event) -> int | None:
    """The event time in microseconds since 1970; None where it has none."""
    try:
        moment = datetime.fromisoformat(text_of(event["headers"], "ce_time"))
        return (moment - datetime.fromisoformat("1970-01-01T00:00:00+00:00")) // _MICROSECOND
    except (ValueError, TypeError):
        return None


def fields_are_good(topic: str, fields: Row) -> bool:
    """Whether every field keeps the rule that its proto states."""
    lengths = IMPRESSION_LENGTHS if topic == "ad.impressions" else LENGTHS
    if topic == "ad.clicks" and fields["impression_token"]:
        lengths = {**lengths, "product_id": (0, 128)}  # an ad may be for no product
    if any(not low <= len(fields[name]) <= high for name, (low, high) in lengths.items() if name in fields):
        return False
    if topic == "ad.impressions":
        return bool(0 < fields["propensity"] <= 1)
    in_range = all(low <= fields[name] <= high for name, (low, high) in RANGES.items() if name in fields)
    return in_range and re.fullmatch("([A-Z]{3})?", fields.get("currency", "")) is not None


def identity(event: Event) -> tuple[str, str, str]:
    """Two messages of one user on one topic with one source and id are one event."""
    return event["topic"], text_of(event["headers"], "ce_source"), text_of(event["headers"], "ce_id")


def distinct(events: Iterable[Event]) -> list[Event]:
    """Each event once: its first message."""
    first: dict[tuple[str, str, str], Event] = {}
    for event in events:
        first.setdefault(identity(event), event)
    return list(first.values())


def allows_profile(event: Event) -> bool:
    """Whether the shopper allows a profile: refused only where the message says so."""
    return (event["fields"]["consent"] or {}).get("profile") is not False


def by_bot(event: Event) -> bool:
    """Whether the user agent declares a bot. (The product's list is longer; the drills' traffic uses only "bot".)"""
    return "bot" in event["fields"].get("user_agent", "").lower()


# ---------------------------------------------------------------------------------------------- profiles


def profile(events: list[Event], rules: Rules, now_us: int) -> Row:
    """The profile of one shopper after these events."""
    every = [(KINDS[e["topic"]], time_us(e) or 0, e) for e in events]
    real = [(kind, at, e) for kind, at, e in every if not by_bot(e)]
    orders = [e["fields"] for kind, _, e in every if kind == "order"]
    newest = max((at for _, at, _ in real), default=0)
    totals = {f"{kind}s_total": sum(k == kind for k, _, _ in every) for kind in WEIGHTS} | {
        "ad_clicks_total": sum(k == "click" and e["fields"]["impression_token"] != "" for k, _, e in every),
        "pieces_total": sum(fields["quantity"] or 1 for fields in orders),
        "value_minor_by_currency": money(orders),
        "bot_events_total": len(every) - len(real),
        "first_event_us": min(at for _, at, _ in every),
        "last_event_us": max(at for _, at, _ in every),
        "last_bot_us": max((at for _, at, e in every if by_bot(e)), default=0),
        "last_burst_us": last_burst(every, rules.burst),
        "decayed_us": newest,
        **{f"last_{kind}_us": max((at for k, at, _ in real if k == kind), default=0) for kind in WEIGHTS},
    }
    decayed = {
        name: decayed_sums(real, rules.products, max(now_us, newest), life) for name, life in HALF_LIVES_S.items()
    }
    return {"totals": totals, "sums": decayed, "as_of_us": newest}


def money(orders: list[Row]) -> dict[str, int]:
    """What was paid, in each currency by itself; orders that name none are apart from all that do."""
    values = {fields["currency"]: 0 for fields in orders if fields["value_minor"]}
    for fields in orders:
        if fields["value_minor"]:
            values[fields["currency"]] += fields["value_minor"]
    return values


def decayed_sums(
    real: list[tuple[str, int, Event]], products: Mapping[str, Product], as_of_us: int, life_s: float
) -> dict[str, float]:
    """The decayed sums: each event's contribution is halved with every `life_s` since its event time."""
    terms: dict[str, list[float]] = {}
    for kind, at, event in real:
        decayed = 2.0 ** -((as_of_us - at) / 1e6 / life_s)
        terms.setdefault(f"{kind}s", []).append(decayed)
        if event["fields"]["product_id"] in products:
            vector, slot, price = products[event["fields"]["product_id"]]
            weight = WEIGHTS[kind] * decayed
            terms.setdefault("weight", []).append(weight)
            for name, value in zip(PRICES, (1.0, *price) if price else (), strict=False):
                terms.setdefault(name, []).append(weight * value)
            terms.setdefault(f"category_{slot}", []).append(weight)
            for position, value in enumerate(vector):
                terms.setdefault(f"interest_{position}", []).append(weight * value)
    return {name: math.fsum(values) for name, values in terms.items()}


def last_burst(every: list[tuple[str, int, Event]], burst: int) -> int:
    """The start of the newest minute with too many events of one kind; 0 where there was none."""
    minutes: dict[tuple[str, int], int] = {}
    for kind, at, _ in every:
        minutes[kind, at // 60_000_000] = minutes.get((kind, at // 60_000_000), 0) + 1
    return max((minute * 60_000_000 for (_, minute), count in minutes.items() if count > burst), default=0)


# ---------------------------------------------------------------------------------------------- outcomes


def outcomes_of(mine: list[Event], rules: Rules, result: Expected) -> None:
    """Outcomes and refused tokens of one shopper, after all windows have closed."""
    shown: dict[str, Event] = {}
    for event in mine:
        if event["topic"] == "ad.impressions":
            shown.setdefault(event["fields"]["impression_id"], event)
    click, orders, rendered_ms = uses_of(mine, rules.secrets, result)
    marks = {"bot": [e["appended_ms"] for e in mine if by_bot(e) and e["topic"] != "ad.views"]}
    marks["rate"] = bursts(mine, rules.burst)
    for name, event in shown.items():
        promised = name, event["fields"]["creative_id"], event["fields"]["propensity"]
        rendered = rendered_ms.get(promised, math.inf) <= event["appended_ms"] + rules.window_ms
        for row in settled(event, click.get(promised), orders.get(promised, []), marks, rules.window_ms):
            result.outcomes[row["outcome_id"]] = {**row, "rendered": rendered}


def uses_of(
    mine: list[Event], secrets: Mapping[str, bytes], result: Expected
) -> tuple[dict[Promised, Event], dict[Promised, list[Event]], dict[Promised, int]]:
    """The click, the orders and the time of the first render that bring each token that counts; others are dead."""
    click: dict[Promised, Event] = {}
    rendered_ms: dict[Promised, int] = {}
    orders: dict[Promised, list[Event]] = {}
    seen: set[tuple[str, str, str]] = set()
    for event in mine:
        if not event["fields"].get("impression_token") or identity(event) in seen:
            continue
        name, reason = named_by(event, secrets)
        if not reason and event["topic"] == "ad.clicks" and name in click:
            reason = "used"
        if reason:
            result.letters[position(event)] = reason
            continue
        seen.add(identity(event))
        if event["topic"] == "ad.clicks":
            click[name] = event
        elif event["topic"] == "ad.renders":
            rendered_ms[name] = min(rendered_ms.get(name, event["appended_ms"]), event["appended_ms"])
        else:
            orders.setdefault(name, []).append(event)
    return click, orders, rendered_ms


def named_by(event: Event, secrets: Mapping[str, bytes]) -> tuple[Promised, str]:
    """What the token of a click or order promises, and why it does not count; empty where it does."""
    try:
        payload, mac = (base64.urlsafe_b64decode(p + "==") for p in event["fields"]["impression_token"].split("."))
        key_id, name, user, *rest = json.loads(payload)
        if not hmac.compare_digest(hmac.digest(secrets[key_id], payload, "sha256")[:16], mac):
            return ("", "", 0.0), "forged"
    except (ValueError, KeyError, TypeError):
        return ("", "", 0.0), "forged"
    promised = name, rest[0], rest[2]  # of creative, product, propensity, placement, slot, shown at
    if event["appended_ms"] - rest[5] > DAY_MS:
        return promised, "expired"
    return promised, "" if user == event["fields"]["user_id"] else "foreign"


def bursts(mine: list[Event], burst: int) -> list[int]:
    """When clicks or orders above a minute's limit were appended; duplicates count only once the limit is passed."""
    found: list[int] = []
    minutes: dict[tuple[str, int], set[tuple[str, str, str]]] = {}
    for event in mine:
        if event["topic"] in ("ad.clicks", "ad.orders"):
            minute = minutes.setdefault((event["topic"], (time_us(event) or 0) // 60_000_000), set())
            minute.add(identity(event))
            if len(minute) > burst:
                found.append(event["appended_ms"])
    return found


def settled(
    shown: Event, click: Event | None, orders: list[Event], marks: Mapping[str, list[int]], window_ms: int
) -> list[Row]:
    """The outcomes of one impression: one of its click, and one of each order that names it."""
    start = shown["appended_ms"]
    end = start + window_ms
    since = (start // HOUR_MS - 24) * HOUR_MS
    invalid = next((why for why, times in marks.items() if any(since <= at <= end for at in times)), "")
    known = "drill" if shown["fields"]["experiment_arm"] == "drill" else shown["fields"]["invalid_traffic"]
    in_time = click is not None and start - DAY_MS <= click["appended_ms"] <= end
    kind, at = ("CLICKED", click["appended_ms"]) if click is not None and in_time else ("IGNORED", end)
    name = shown["fields"]["impression_id"]
    rows = [outcome(shown, f"{name}:click", (kind, at, 0, ""), known or invalid)]
    rows[0]["no_training"] |= click is not None and in_time and not allows_profile(click)
    for order in orders:
        _, source, event_id = identity(order)
        digest = hashlib.sha256(f"{source}\0{event_id}".encode()).hexdigest()[:32]
        why = known or invalid or ("bot" if by_bot(order) else "")
        value, currency = order["fields"]["value_minor"], order["fields"]["currency"]
        rows.append(outcome(shown, f"{name}:order:{digest}", ("ORDERED", order["appended_ms"], value, currency), why))
        rows[-1]["no_training"] |= not allows_profile(order)
    return rows


def outcome(shown: Event, outcome_id: str, what: tuple[str, int, int, str], invalid: str) -> Row:
    """The outcome as it stands on the topic once the window has closed; `what`: kind, time, value, currency."""
    record, (kind, at_ms, value_minor, currency) = shown["fields"], what
    copied = ("impression_id", "user_id", "policy_id", "policy_version", "creative_id", "slot", "propensity") + (
        ("target_propensities", "foreign", "product_id", "placement_id", "segment", "render_pixel", "campaign_id")
    )
    scored = len(record["scores"]) == len(record["candidates"]) and record["creative_id"] in record["candidates"]
    return {name: record[name] for name in copied} | {
        "outcome_id": outcome_id,
        "kind": kind,
        "value_minor": value_minor,
        "currency": currency,
        "shown_at": shown["appended_ms"] * 1000,
        "settled_at": at_ms * 1000,
        "delay_ms": at_ms - shown["appended_ms"],
        "window_closed": True,
        "score": record["scores"][record["candidates"].index(record["creative_id"])] if scored else None,
        "invalid_traffic": invalid,
        "no_training": not allows_profile(shown),
        "no_posterior": not allows_profile(shown) and not record["default_profile"],
    }


# ---------------------------------------------------------------------------------------------- figures


def judge(result: Expected) -> None:
    """Rates, estimates and arms, from the outcomes of clicks."""
    rows = [row for row in result.outcomes.values() if row["kind"] != "ORDERED" and not row["invalid_traffic"]]
    for row in rows:
        if row["foreign"] or row["policy_id"] != "house":
            served, pixel, rendered = result.shares.get((row["policy_id"], row["foreign"]), (0, 0, 0))
            shown = row["render_pixel"] and row["rendered"]
            share = served + 1, pixel + row["render_pixel"], rendered + shown
            result.shares[row["policy_id"], row["foreign"]] = share
    rows = [row for row in rows if row["rendered"] or not row["render_pixel"]]
    for row in rows:
        clicked = row["kind"] == "CLICKED"
        if row["score"] is not None and not row["foreign"] and not row["no_posterior"]:
            n, clicks, sure = result.arms.get(row["creative_id"], (0, 0, 0.0))
            result.arms[row["creative_id"]] = n + 1, clicks + clicked, sure + row["score"]
    rows = [row for row in rows if row["foreign"] or row["policy_id"] != "house"]
    for row in rows:
        n, clicks = result.rates.get((row["policy_id"], row["foreign"]), (0, 0))
        result.rates[row["policy_id"], row["foreign"]] = n + 1, clicks + (row["kind"] == "CLICKED")
    # Propensities of later slots depend on what the acting policy chose before: only those of imported logs are used.
    for name, traffic in traffics([row for row in rows if row["foreign"] or not row["slot"]]).items():
        for target in targets(name, traffic):
            result.estimates |= estimates(name, target, [r for r in traffic if target in r["target_propensities"]])


def traffics(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows to estimate from, by name: our own traffic, each policy's, and imported logs of several policies."""
    named: dict[str, list[Row]] = {"own": [row for row in rows if not row["foreign"]]}
    for row in rows:
        named.setdefault(row["policy_id"], []).append(row)
    logs: dict[str, set[str]] = {}
    for row in rows:
        if row["foreign"] and "-" in row["policy_id"]:
            logs.setdefault(row["policy_id"].rpartition("-")[0], set()).add(row["policy_id"])
    for log, policies in logs.items():
        if len(policies) > 1:
            named[log] = [row for row in rows if row["foreign"] and row["policy_id"] in policies]
    return {name: found for name, found in named.items() if found}


def targets(name: str, traffic: list[Row]) -> set[str]:
    """The policies to estimate from this traffic: all with propensities in it, but none from its own choices alone."""
    known = {target for row in traffic for target in row["target_propensities"]}
    if not traffic[0]["foreign"]:
        known |= JUDGED
    return known if name == "own" else known - {row["policy_id"] for row in traffic}


def estimates(name: str, target: str, rows: list[Row]) -> dict[tuple[str, str, str], Row]:
    """IPS and SNIPS estimates of the click rate of `target`."""
    pairs = [(row["target_propensities"][target] / row["propensity"], row["kind"] == "CLICKED") for row in rows]
    whole, earned = math.fsum(w for w, _ in pairs), math.fsum(w for w, clicked in pairs if clicked)
    squares = math.fsum(w * w for w, _ in pairs)
    facts = {"n": len(pairs), "effective": whole**2 / squares if squares else 0.0}
    return {
        (name, target, "ips"): {**facts, "value": earned / len(pairs) if pairs else None},
        (name, target, "snips"): {**facts, "value": earned / whole if whole else None},
    }
