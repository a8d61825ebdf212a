"""What the screen says of the cases: misses by fault and false alarms by check, each with Wilson's interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.screening.judges import Judges
from services.screening.policy import Policy
from services.screening.screen import verdict_of
from services.tools.bench.planted import wilson
from tests.statistics.screening.held_out.cases import Case


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A case, and the checks of its ad."""

    case: Case
    passed: Mapping[str, bool]  # by check
    why: Mapping[str, str]  # of the checks that failed

    @property
    def is_missed(self) -> bool:
        """By the checks that are meant to find the fault."""
        return all(self.passed.get(check, True) for check in self.case.meant)

    @property
    def passes(self) -> bool:
        """Whether it would be shown."""
        return all(self.passed.values())


def judged(cases: Iterable[Case], judges: Judges, policy: Policy) -> Iterator[Judged]:
    """Each as the screen judges it; a copy beside the look that the screen gave the first."""
    for case in cases:
        grounds = case.grounds
        if case.first is not None:
            look = verdict_of(case.first, grounds, judges, policy).look
            grounds = replace(grounds, looks={"first": look})
        checks = verdict_of(case.asset, grounds, judges, policy).verdict.checks
        why = {check.check: check.why for check in checks if not check.passes}
        yield Judged(case, {check.check: check.passes for check in checks}, why)


def table_of(found: Sequence[Judged]) -> Iterator[str]:
    """Two tables in Markdown."""
    yield "| fault | the check that is to find it | missed by it | | shown all the same |"
    yield "|---|---|---|---|---|"
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in found:
        if one.case.fault:
            groups[one.case.group, one.case.fault].append(one)
            groups[one.case.group, ""].append(one)
    for (group, fault), of in groups.items():
        name = fault.replace("_", " ") or f"**{group}, all**"
        meant = ", ".join(of[0].case.meant) if fault else ""
        shown = f"{sum(one.passes for one in of)} of {len(of)}"
        yield f"| {name} | {meant} | {share([one.is_missed for one in of])} | {shown} |"
    yield from _alarms([one for one in found if not one.case.fault])


def _alarms(good: Sequence[Judged]) -> Iterator[str]:
    yield "\n| good ones | false alarms | |"
    yield "|---|---|---|"
    makers: dict[str, list[bool]] = defaultdict(list)
    checks: dict[str, list[bool]] = defaultdict(list)
    for one in good:
        makers[one.case.maker].append(not one.passes)
        for check, passes in one.passed.items():
            if one.case.maker != "words":
                checks[check].append(not passes)
    for maker, alarms in makers.items():
        yield f"| any check, {maker} | {share(alarms)} |"
    for check, alarms in checks.items():
        if any(alarms):
            yield f"| {check} | {share(alarms)} |"


def share(found: Sequence[bool]) -> str:
    """How many, and the interval of the share.

    >>> share([False] * 46)
    '0 of 46 | 0 to 8 %'
    """
    low, high = wilson(sum(found), len(found))
    return f"{sum(found)} of {len(found)} | {100 * low:.0f} to {100 * high:.0f} %"
