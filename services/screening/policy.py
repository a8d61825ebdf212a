"""Thresholds, and which ads each check is asked of: `policy.toml`, and what a shop's own file says otherwise; pure."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, get_args

from services.common.errors import Misconfigured
from services.common.verdict import Check
from services.screening.version import version_of

Kind = Literal["composed", "generated", "finished", "words"]
Asked = Literal["always", "sample", "never"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_ASKED: Final = get_args(Asked)
_FILE: Final = resources.files("services.screening") / "policy.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one check holds an ad against."""

    name: str
    threshold: float
    is_most: bool  # the score may be no greater; else it may be no less
    asked: Mapping[str, Asked]  # by kind; a kind that is not named is not asked

    def check(self, score: float, why: str, version: str = "") -> Check:
        """The check of a score."""
        passes = score <= self.threshold if self.is_most else score >= self.threshold
        return Check(self.name, score, self.threshold, passes, why, version)

    def unmeasured(self, why: str, version: str = "") -> Check:
        """The check that could not be made: it does not pass (law 9)."""
        return Check(self.name, 0.0, self.threshold, False, f"not measured: {why}", version, measured=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules, by name."""

    rules: Mapping[str, Rule]
    sample: int  # one ad in so many

    def asks(self, name: str, kind: Kind, ad: str) -> bool:
        """Whether the check is asked of an ad of the kind; `ad` is its id, from which the sample follows."""
        asked = self.rules[name].asked.get(kind, "never")
        return asked == "always" or (asked == "sample" and _number(ad) % self.sample == 0)

    @property
    def version(self) -> str:
        """Of the thresholds, and of what is asked."""
        rules = [(one.name, one.threshold, one.is_most, sorted(one.asked.items())) for one in self.rules.values()]
        return version_of("policy", sorted(rules), self.sample)

    def threshold(self, name: str) -> float:
        """The threshold of a check."""
        return self.rules[name].threshold


@cache
def policy() -> Policy:
    """The policy that ships."""
    said = tomllib.loads(_FILE.read_text("utf-8"))
    rules = {name: _rule("policy.toml", name, fields) for name, fields in said["checks"].items()}
    return Policy(rules, said["sample"])


def policy_in(path: str) -> Policy:
    """The policy with what a shop's file says otherwise; empty: as it ships. Raises `Misconfigured`."""
    if not path:
        return policy()
    try:
        said = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{path}: checks and thresholds in TOML were expected ({error})") from error
    return with_own(path, said)


def with_own(file: str, said: Mapping[str, Any]) -> Policy:
    """The policy with other values; raises `Misconfigured`, which names key, value and what was expected."""
    ours = policy()
    unknown = [key for key in said if key not in ("sample", "checks")]
    if unknown:
        raise Misconfigured(f"{file}: {unknown[0]!r} where sample or checks was expected")
    sample = said.get("sample", ours.sample)
    if not isinstance(sample, int) or isinstance(sample, bool) or sample < 1:
        raise Misconfigured(f"{file}: sample: {sample!r} where a number of ads from 1 was expected")
    rules = dict(ours.rules)
    for name, fields in said.get("checks", {}).items():
        if name not in rules:
            raise Misconfigured(f"{file}: checks.{name}: a check was expected, one of {', '.join(rules)}")
        rules[name] = _changed(file, rules[name], fields)
    return Policy(rules, sample)


def _changed(file: str, rule: Rule, fields: Mapping[str, Any]) -> Rule:
    bound = "most" if rule.is_most else "least"
    own = _rule(file, rule.name, {bound: rule.threshold, **rule.asked, **fields})
    if own.is_most != rule.is_most:
        raise Misconfigured(f"{file}: checks.{rule.name}: {bound} was expected")
    return replace(own)


def _rule(file: str, name: str, fields: Mapping[str, Any]) -> Rule:
    bounds = [key for key in ("least", "most") if key in fields]
    if len(bounds) != 1 or not isinstance(fields[bounds[0]], int | float) or isinstance(fields[bounds[0]], bool):
        raise Misconfigured(f"{file}: checks.{name}: one number, least or most, was expected")
    asked: dict[str, Asked] = {}
    for key, value in fields.items():
        if key in KINDS and value in _ASKED:
            asked[key] = value
        elif key not in bounds:
            expected = f"one of {', '.join(KINDS)} with one of {', '.join(_ASKED)}"
            raise Misconfigured(f"{file}: checks.{name}.{key}: {value!r} where {expected} was expected")
    return Rule(name, float(fields[bounds[0]]), bounds[0] == "most", asked)


def _number(ad: str) -> int:
    return int.from_bytes(hashlib.sha256(ad.encode()).digest()[:4], "big")
