"""`adloom train ctr | generator`: trains a model and writes its files into the model repository."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.broker import broker_of
from services.tools.stack.state_dir import ROOT, state_dir_of

if TYPE_CHECKING:
    from services.models.manifest import Manifest

Threads = Annotated[int, typer.Option(min=1, help="Cores that the training may use.")]
Into = Annotated[Path, typer.Option(help="The model repository that gets the new weights.")]
Json = Annotated[bool, typer.Option("--json", help="Print the model's manifest as JSON.")]
MODELS = ROOT / "model_repository"


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    train = typer.Typer(help="Train a model; after Ctrl-C the same command resumes.", no_args_is_help=True)
    train.command()(ctr)
    train.command()(generator)
    train.command()(serve)
    app.add_typer(train, name="train")


def ctr(  # noqa: PLR0913 - one parameter an option
    impressions: Annotated[int, typer.Option(min=10_000, help="Simulated impressions to learn from.")] = 400_000,
    shoppers: Annotated[int, typer.Option(min=100, help="Simulated shoppers who see them.")] = 6_000,
    log: Annotated[bool, typer.Option("--log", help="Learn from the running stack's own log instead.")] = False,
    threads: Threads = 2,
    into: Annotated[Path | None, typer.Option(help="The model repository that gets the new weights.")] = None,
    as_json: Json = False,
) -> None:
    """Train the click model on simulated traffic; about eight minutes on two cores.

    With --log on what this deployment decided and what became of it; the result is compared with the shipped weights
    on decisions that neither has seen, and written to .adloom/models under a version of its own. It is not promoted:
    `adloom train serve` puts it into service.
    """
    import torch

    torch.set_num_threads(threads)
    if log:
        on_own_log(into or state_dir_of().folder / "models", as_json)
        return

    from services.simulator.click_traffic import load_or_make
    from services.training.ctr_job import train_ctr
    from services.training.recipes import ClickRecipe, TrafficRecipe

    recipe = ClickRecipe(traffic=TrafficRecipe(impressions=impressions, shoppers=shoppers))
    with shown_progress() as show:
        facts = train_ctr(recipe, load_or_make, state_dir_of().folder / "training" / "ctr", into or MODELS, show)
    print_manifest(facts, as_json)


def on_own_log(into: Path, as_json: bool) -> None:
    """Trains on the log of the running stack and says how the result compares with the shipped weights."""
    from services.models.text_encoder.axes import served_axes
    from services.training.own_log_job import TEST_SHARE, in_words, recipe_for, train_on_own_log
    from services.training.own_log_kafka import own_log

    own = own_log(broker_of().kafka, TEST_SHARE, served_axes().encoder)
    with shown_progress() as show:
        work_dir = state_dir_of().folder / "training" / "ctr-log"
        facts = train_on_own_log(own, recipe_for(len(own.rows)), work_dir, into, show)
    typer.echo(json.dumps(asdict(facts)) if as_json else in_words(facts))


def serve(
    version: Annotated[
        int | None, typer.Argument(help="Number of the version in .adloom/models/ctr; else the newest.")
    ] = None,
    regardless: Annotated[
        bool, typer.Option("--regardless", help="Also one that was not measured to be better.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a model repository with the click model that `train ctr --log` made, for Triton to serve.

    Refused unless the model was measured to be better than the shipped one. Nothing running changes by it: the stack
    serves the repository after it was started again with ADLOOM_MODELS_DIR. Without the variable it serves the shipped
    weights again.
    """
    from services.training.own_log_job import newest_version
    from services.training.serving import put_into_service

    folder = state_dir_of().folder
    number = version or newest_version(folder / "models")
    facts = put_into_service(folder / "models" / "ctr" / str(number), folder / "served_models", regardless=regardless)
    if as_json:
        typer.echo(json.dumps(asdict(facts)))
        return
    typer.echo(
        f"{facts.version} is ready. To serve it:\n"
        f"  adloom down; ADLOOM_MODELS_DIR={shlex.quote(str(folder / 'served_models'))} adloom up"
    )


def generator(
    data: Annotated[Path, typer.Option(help="The folder with Fashion-MNIST.")] = Path(
        "/usr/share/datasets/fashion-mnist"
    ),
    steps: Annotated[int, typer.Option(min=1, help="Steps of the generator.")] = 4_500,
    threads: Threads = 2,
    into: Into = MODELS,
    as_json: Json = False,
) -> None:
    """Train the creative generator on Fashion-MNIST; about 30 minutes on two cores."""
    import torch

    from services.training.generator_job import train_generator
    from services.training.recipes import GeneratorRecipe

    torch.set_num_threads(threads)
    work_dir = state_dir_of().folder / "training" / "creative_generator"
    with shown_progress() as show:
        facts = train_generator(GeneratorRecipe(steps=steps), data, work_dir, into, show)
    print_manifest(facts, as_json)


@contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """One progress bar on standard error for each stage."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:20}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        bars: dict[str, TaskID] = {}

        def show(what: str, share: float) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=1.0)
            progress.update(bars[what], completed=share)

        yield show


def print_manifest(facts: Manifest, as_json: bool) -> None:
    """Prints the manifest as JSON, or where the model's figures are."""
    if as_json:
        typer.echo(json.dumps(asdict(facts)))
    else:
        typer.echo(f"{facts.version}: figures are in model_repository/{facts.model}/CARD.md")
