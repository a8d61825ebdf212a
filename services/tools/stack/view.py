"""Shows the stack in a terminal, one row per process."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.table import Column, Table
from rich.text import Text


def condition(entry: dict[str, Any]) -> tuple[str, str]:
    """A process's condition as text, and the colour to show it in.

    >>> condition({"ready": False, "stopped": False, "external": False, "waiting_for": "kafka"})
    ('waiting for kafka', 'yellow')
    >>> condition({"ready": False, "stopped": False, "external": False, "waiting_for": "start"})
    ('starting', 'yellow')
    """
    if entry["ready"]:
        return ("ready (not ours)" if entry["external"] else "ready"), "green"
    if entry["stopped"]:
        return "stopped", "red"
    if entry["waiting_for"] == "start":  # the program's own
        return "starting", "yellow"
    return f"waiting for {entry['waiting_for']}", "yellow"


def status_view(facts: dict[str, Any]) -> Group:
    """The stack as a table, and where a browser finds it."""
    lines = []
    if facts["processes"].get("web", {}).get("ready"):
        web = f"http://{facts['web']}"
        lines = [f"demo shop, with ads: {web}/demo", f"script for your pages: {web}/adloom.js"]
    return Group(status_table(facts), *map(Text, lines))


def status_table(facts: dict[str, Any]) -> Table:
    """The stack as a table."""
    title = f"adloom: {facts['phase']}"
    caption = "\n".join(f"{path} cannot be written: {why}" for path, why in facts.get("unwritten", {}).items())
    address = Column("address", no_wrap=True, min_width=len("127.0.0.1:65535"))  # people copy it
    table = Table("process", "condition", address, "pid", "restarts", "last end", title=title, title_justify="left")
    table.caption, table.caption_style, table.caption_justify = Text(caption), "red", "left"
    for name, entry in facts["processes"].items():
        text, colour = condition(entry)
        cells = (facts.get(name, ""), str(entry["pid"] or ""), str(entry["restarts"]), entry["last_exit"])
        table.add_row(name, Text(text, colour), *cells)
    return table


class ChangesPrinter:
    """Prints one line per change since the last call; for a log or a pipe in place of a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[str, str] = {}

    def show(self, facts: dict[str, Any]) -> None:
        """Print the processes whose condition has changed."""
        for name, entry in {**facts["steps"], **facts["processes"]}.items():
            text, _ = condition(entry)
            if self._shown.get(name) != text and (text == "ready" or name in self._shown):
                self._console.print(f"{name}: {text}", highlight=False)
            self._shown[name] = text
