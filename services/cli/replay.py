"""`adloom replay FILE | open-bandit`: sends a log through the loop, with progress; can be resumed."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.broker import broker_of
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from services.events.log_files import LogFile
    from services.events.log_mapped import MappedLog
    from services.events.open_bandit import OpenBandit
    from services.events.replay import Pace, Source
    from services.events.replay_progress import Progress as Counts
    from services.events.replay_progress import ProgressFile


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command()(replay)


def replay(  # noqa: PLR0913 - one parameter an option
    log: Annotated[str, typer.Argument(help="A CSV, JSONL or Parquet file, or the word open-bandit.")],
    mapping: Annotated[Path | None, typer.Option(help="TOML that says which columns hold what.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of prices that name none.")] = "",
    keep_times: Annotated[bool, typer.Option("--keep-times", help="Keep the log's times; default: now.")] = False,
    speed: Annotated[
        float | None, typer.Option(min=0.001, help="Keep the log's gaps, divided by this; default: no gaps.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Send a log's events to Kafka; after Ctrl-C the same command resumes.

    Our own format is described in services/events/log_format.py. Other logs are read by the names of their columns, or
    as a mapping file says, which is described in services/events/log_mapping.py. Rows that cannot be sent are kept in a
    file, with the reason; where there are any, the exit status is 1.
    """
    from services.events.replay import Pace
    from services.events.replay_progress import ProgressFile

    source = source_of(log, mapping, currency)
    show_mapping(source)
    file = ProgressFile(state_dir_of().folder / "data" / "replay", source.checksum)
    before, began = file.load(), time.monotonic()
    with bar(source.name, source.rows) as show:
        after = play(source, file, Pace(keep_times, speed), show)
    facts = {
        "sent": after.sent - before.sent,
        "failed": after.rejected - before.rejected,
        "seconds": round(time.monotonic() - began, 3),
        "rows": after.row - before.row,
        "resumed_after_row": before.row,
        "rejects": str(file.rejects) if after.rejected else "",
        "passed_over": list(source.passed_over),
    }
    typer.echo(json.dumps(facts) if as_json else summary(facts))
    if after.rejected:
        raise typer.Exit(1)  # not all of the log was replayed: a script must notice


def source_of(log: str, mapping: Path | None = None, currency: str = "") -> LogFile | MappedLog | OpenBandit:
    """The log that the word or path names."""
    from services.events import log_mapped, log_mapping, open_bandit

    if log == open_bandit.NAME:
        return open_bandit.open_sample()
    said = log_mapping.read_log_overrides(mapping, currency) if mapping or currency else None
    return log_mapped.open_any(Path(log), said)


def show_mapping(source: LogFile | MappedLog | OpenBandit) -> None:
    """Shows which column holds what, where that was recognised or said."""
    from services.events.log_mapped import MappedLog

    if isinstance(source, MappedLog):
        for line in source.described():
            typer.echo(line, err=True)


def play(source: Source, file: ProgressFile, pace: Pace, show: Callable[[Counts], None]) -> Counts:
    """Replays `source` to the broker of this machine's stack."""
    from services.common.clock import SystemClock
    from services.common.secrets import load_or_make
    from services.events.replay import Replay
    from services.wire.kafka.producer import Producer, ProducerSettings

    logging.getLogger("kafka").setLevel(logging.ERROR)  # its warnings would break the progress bar
    broker = broker_of()
    producer = Producer(ProducerSettings(broker.kafka, client_id="replay"))
    try:
        playing = Replay(producer, load_or_make(broker.secrets_dir), SystemClock(), time.sleep, pace, show)
        return playing.run(source, file)
    finally:
        producer.close(10.0)


@contextmanager
def bar(name: str, rows: int) -> Iterator[Callable[[Counts], None]]:
    """A progress bar on standard error; yields the function that updates it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(f"replay {name}", total=rows)
        yield lambda counts: shown.update(task, completed=counts.row)


def summary(facts: dict[str, Any]) -> str:
    """What a person is told at the end.

    >>> facts = {"sent": 3, "failed": 0, "seconds": 0.1, "rows": 2, "resumed_after_row": 0, "rejects": ""}
    >>> summary({**facts, "passed_over": ["index"]})
    '3 records of 2 rows sent in 0.1 s, 0 rows rejected; columns that no type of row has were passed over: index'
    """
    text = "{sent} records of {rows} rows sent in {seconds} s, {failed} rows rejected".format(**facts)
    if facts["resumed_after_row"]:
        text += f" (resumed after row {facts['resumed_after_row']})"
    text += f": see {facts['rejects']}" if facts["rejects"] else ""
    columns = ", ".join(facts["passed_over"])
    return f"{text}; columns that no type of row has were passed over: {columns}" if columns else text
