"""How a run looks in a terminal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from services.tools.demo.comparison_view import comparison_line
from services.tools.demo.figures import Figures, PolicyLine, percentile

_LATELY_S: Final = 5.0
_LATELY_ANSWERS: Final = 500
_CONTROL: Final = "uniform"
_LINE_S: Final = 5.0


class RunView:
    """Shows figures; remembers the last seconds to compute current rates."""

    def __init__(self) -> None:
        self._past: deque[Figures] = deque()

    def shown(self, figures: Figures, phase: str) -> Group:
        """All figures, for a terminal."""
        self._past.append(figures)
        while self._past[-1].seconds - self._past[0].seconds > _LATELY_S:
            self._past.popleft()
        compared = "\n".join(map(comparison_line, figures.counted.comparisons))
        return Group(Text(f"adloom: {phase}", style="bold"), self._flow(figures), policy_table(figures), compared)

    def line(self, figures: Figures, phase: str) -> str:
        """The figures in one line, for a log or a pipe."""
        counted = figures.counted
        return (
            f"{phase}: {figures.seconds:.0f} s, {counted.events} events, {counted.decisions} decisions, "
            f"p50 {_ms(figures.waits_ms, 50) or '-'}, p99 {_ms(figures.waits_ms, 99) or '-'}, "
            f"click to feature {_ms(figures.delays_ms, 50) or '-'}, degraded {figures.degraded}, "
            f"unanswered {figures.failed}, dead letters {counted.dead_letters}"
        )

    def _flow(self, figures: Figures) -> Table:
        first, counted = self._past[0], figures.counted
        seconds = max(figures.seconds - first.seconds, 1e-9)
        events = (counted.events - first.counted.events) / seconds
        decisions = (counted.decisions - first.counted.decisions) / seconds
        lately = figures.waits_ms[-_LATELY_ANSWERS:]
        table = Table("what", "now", "since the start", "counted from", title_justify="left")
        table.add_row("events", f"{events:.0f}/s", f"{counted.events}", "Kafka: views, clicks, orders")
        table.add_row("decisions", f"{decisions:.0f}/s", f"{counted.decisions}", "Kafka: impressions")
        table.add_row("windows closed", "", f"{counted.closed}", "Kafka: outcomes")
        table.add_row("decision p50", _ms(lately, 50), _ms(figures.waits_ms, 50), "requests")
        table.add_row("decision p99", _ms(lately, 99), _ms(figures.waits_ms, 99), "requests")
        table.add_row("click to feature p50", _ms(figures.delays_ms[-10:], 50), _ms(figures.delays_ms, 50), "Feast")
        table.add_row("click to feature p99", "", _ms(figures.delays_ms, 99), "Feast")
        table.add_row("degraded, unanswered", "", f"{figures.degraded}, {figures.failed}", "answers")
        table.add_row("dead letters", "", f"{counted.dead_letters}", "Kafka")
        return table


def policy_table(figures: Figures) -> Table:
    """Click rates over closed windows, and each as a multiple of the control's."""
    lines = figures.counted.policies
    control = next((line.ctr for line in lines if line.policy == _CONTROL), None)
    table = Table("policy", "impressions", "clicks", "click rate", "95 % from", "to", "times the control")
    for line in lines:
        times = f"{line.ctr / control:.2f}" if line.ctr is not None and control else ""
        rates = (_rate(value) for value in (line.ctr, line.ctr_low, line.ctr_high))
        table.add_row(_name(line), str(line.impressions), str(line.clicks), *rates, times)
    if not lines:
        table.add_row("no window has closed yet", "", "", "", "", "", "")
    return table


def _name(line: PolicyLine) -> str:
    return f"{line.policy} (control)" if line.policy == _CONTROL else line.policy


def _rate(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f} %"


def _ms(values: Sequence[float], share: float) -> str:
    value = percentile(values, share)
    return "" if value is None else f"{value:.1f} ms"


def remarks(figures: Figures, failure: str) -> Iterator[str]:
    """Remarks below the summary."""
    counted, answers = figures.counted, len(figures.waits_ms) - figures.failed
    if counted.settled:
        yield f"The attribution windows of all {counted.decisions} impressions have closed and are in the click rates."
    else:
        yield f"{counted.closed} of {counted.decisions} attribution windows have closed; no click rate has the rest."
    reported = sum(line.impressions for line in counted.policies)
    if reported > counted.closed:
        yield (
            f"The click rates are over {reported} impressions with a closed window, those of earlier runs included. "
            "The first number of adloom report has open windows, and what is kept out of the rates, too."
        )
    if counted.excluded:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(counted.excluded.items()))
        yield f"Kept out of the click rates: {reasons} (house creatives, and traffic that no person makes)."
    if counted.unreadable:
        yield f"{counted.unreadable} records on the topics of outcomes, reports and dead letters could not be read."
    if counted.decisions != answers:
        yield f"Kafka has {counted.decisions} decision records of this run, the ad server {answers} answers in time."
    if figures.failed:
        yield f"{figures.failed} requests got no answer in time; p50 and p99 include them. The last: {failure}"


Show = Callable[[Figures, str], None]


@contextmanager
def screen(view: RunView, console: Console) -> Iterator[Show]:
    """Shows figures as they change: live in a terminal, otherwise a line every few seconds."""
    if console.is_terminal:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            yield lambda figures, phase: live.update(view.shown(figures, phase), refresh=True)
        return
    printed_s = -_LINE_S

    def print_line(figures: Figures, phase: str) -> None:
        nonlocal printed_s
        if time.monotonic() - printed_s >= _LINE_S:
            printed_s = time.monotonic()
            console.print(view.line(figures, phase), highlight=False, soft_wrap=True)

    yield print_line
