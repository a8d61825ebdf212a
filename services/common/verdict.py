"""What screening found of a creative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a screen."""

    check: str  # its name, "legible"
    score: float  # what was measured
    threshold: float  # what it is held against
    passes: bool
    why: str  # in words
    version: str = ""  # of what measured; empty: it is plain arithmetic
    measured: bool = True  # a check that was asked for and could not be made does not pass (law 9)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The checks of one creative, in the order in which they were made."""

    checks: tuple[Check, ...]
    screen: str = ""  # version of the screen as a whole; what another one has judged is screened again

    @property
    def passes(self) -> bool:
        """Whether every check passed."""
        return all(check.passes for check in self.checks)

    @property
    def failed(self) -> str:
        """What failed, in words; empty: nothing did."""
        return "; ".join(f"{check.check}: {check.why}" for check in self.checks if not check.passes)


NOT_SCREENED: Final = Verdict((Check("screen", 0.0, 1.0, False, "it was not screened", measured=False),))
"""Of a creative without a verdict that a person lets be served, with a reason (law 9)."""

STAND_IN: Final = Verdict((Check("stand_in", 1.0, 1.0, True, "of a test, a drill or a bench: no shopper sees it"),))
"""Of a creative whose picture nobody looks at."""
