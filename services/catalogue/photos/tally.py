"""What a run of the photos' job came to: counts by reason, and a file of the pictures that there are not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from services.catalogue.photos.get_photo import Result
from services.catalogue.photos.links import Plan, Wanted
from services.catalogue.photos.repeated import Named, Repeated
from services.catalogue.private_file import installed, private_file

REPEATED: Final = "repeated"


class Tally:
    """Counts; `missing` are the pictures that were refused, now or earlier, or that could not be had."""

    def __init__(self, plan: Plan) -> None:
        self.taken = 0
        self.missing = [_refused_before(plan, number) for number in range(len(plan.refused))]
        self._plan = plan
        self.repeated: list[Result] = []

    def note(self, repeated: Repeated, named: Mapping[str, Named]) -> None:
        """Photos that many unrelated products have in common are told product by product."""
        for sha256, products in repeated.all():
            text = f"the same picture ({sha256}) is under {len(products)} products that are not all variants; not shown"
            for product_id in products:
                wanted = Wanted(named[product_id].link, product_id, is_main=True)
                self.repeated.append(Result(wanted, REPEATED, text))

    def add(self, result: Result) -> None:
        """Counts one more."""
        if result.reason:
            self.missing.append(result)
        else:
            self.taken += 1

    @property
    def handled(self) -> int:
        """How many of those that were to be got have been."""
        return self.taken + len(self.missing) - len(self._plan.refused)

    def facts(self) -> dict[str, Any]:
        """What `adloom catalogue photos --json` prints, without the file and the seconds."""
        plan = self._plan
        refused = sum(one.is_final for one in self.missing)
        return {
            "wanted": plan.there + len(plan.refused) + len(plan.to_get),
            "there": plan.there,
            "taken": self.taken,
            "refused": refused,
            "unreachable": len(self.missing) - refused,
            "left": len(plan.to_get) - self.handled,
            "repeated": len(self.repeated),
            "rejected_by_reason": dict(sorted(Counter(one.reason for one in self.missing).items())),
        }

    def write(self, target: Path) -> Path | None:
        """Writes a line of JSON for each picture that there is not; None, and no file, where there are all."""
        draft = target.with_suffix(".draft")
        with private_file(draft) as file:
            for one in (*self.missing, *self.repeated):
                file.write(json.dumps(one.facts(), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        return installed(draft, target, bool(self.missing or self.repeated))


def in_words(facts: dict[str, Any]) -> str:
    """What a person is told at the end.

    >>> facts = {"wanted": 9, "there": 4, "taken": 2, "refused": 1, "unreachable": 1, "left": 1, "seconds": 0.5}
    >>> facts["repeated"] = 7
    >>> print(in_words({**facts, "rejected_by_reason": {"http_404": 1, "too_small": 1}, "rejected_file": "m.jsonl"}))
    2 pictures taken in 0.5 s, 4 of the 9 that products name were there; 1 left for the next run;
    not shown, as many unrelated products have the same: 7; missing (http_404 1, too_small 1): see m.jsonl
    """
    text = "{taken} pictures taken in {seconds} s, {there} of the {wanted} that products name were there"
    text = text.format(**facts)
    if facts["left"]:
        text += f"; {facts['left']} left for the next run"
    if facts["repeated"]:
        text += f"; not shown, as many unrelated products have the same: {facts['repeated']}"
    reasons = ", ".join(f"{reason} {count}" for reason, count in facts["rejected_by_reason"].items())
    text += f"; missing ({reasons})" if reasons else ""
    return f"{text}: see {facts['rejected_file']}" if facts["rejected_file"] else text


def _refused_before(plan: Plan, number: int) -> Result:
    wanted, why = plan.refused[number]
    reason, _, text = why.partition(": ")
    return Result(wanted, reason, text)
