"""`adloom ask | generate | approve | replay-decision`: calls of the creative service, and replays of its decisions."""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from services.cli import consent
from services.common.errors import AdloomError, Misconfigured, Unavailable
from services.common.settings import NOT_TEXT, is_text
from services.tools.stack import session
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb

Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
User = Annotated[str, typer.Option(help="The ad server's id of the shopper; empty: anonymous.")]
Placement = Annotated[str, typer.Option(help="The placement on the page.")]
Format = Annotated[str, typer.Option("--format", help="Width x height in pixels.")]
Products = Annotated[list[str] | None, typer.Option("--product", help="Only this product; may be repeated.")]
Count = Annotated[int, typer.Option(help="How many creatives; 0: one.")]
Context = Annotated[
    list[str] | None,
    typer.Option("--context", help="KEY=VALUE of locale, device, page, query or utc_offset_minutes; may be repeated."),
]
Save = Annotated[Path | None, typer.Option(help="Folder to write the pictures to.")]
Audience = Annotated[str, typer.Option(help="Eight numbers in [-1, 1] with commas between; empty: the average one.")]
_CONTEXT = ("locale", "device", "page", "query", "utc_offset_minutes")
_AUDIENCE = 8  # numbers
_GENERATE_MS = 20_000


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    app.command()(ask)
    app.command()(generate)
    app.command()(approve)
    app.command(name="replay-decision")(replay_decision)


def ask(  # noqa: PLR0913 - one parameter an option
    user: User = "",
    placement: Placement = "top",
    format_: Format = "300x250",
    count: Count = 1,
    product: Products = None,
    context: Context = None,
    request_id: Annotated[str, typer.Option(help="A repeat under the same id gets the same answer.")] = "",
    no_profile: Annotated[bool, typer.Option("--no-profile", help="As --consent without personalise.")] = False,
    given: consent.Given = "",
    timeout_ms: Annotated[int, typer.Option(min=1, help="The deadline.")] = 1000,
    save: Save = None,
    as_json: Json = False,
) -> None:
    """Ask for creatives as an ad server does, and show the answer."""
    from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
    from services.cli.ask_view import answer_view

    refused = pb.PERSONALISATION_REFUSED if no_profile else pb.PERSONALISATION_UNSPECIFIED
    request = pb.SelectCreativesRequest(
        request_id=request_id,
        user_id=user,
        context=context_of(context or []),
        placements=[pb.Placement(placement_id=placement, format=format_, count=count)],
        product_ids=product or [],
        personalisation=refused,
        consent=consent.given(given),
        inline_images=save is not None,
    )
    with _answers(timeout_ms) as stub:
        answer = stub.SelectCreatives(request, timeout=timeout_ms / 1000)
    if save is not None:
        _save(save, {s.creative_id: s.image.png for s in answer.selections})
    _show(answer, answer_view(answer), as_json)


def generate(  # noqa: PLR0913 - one parameter an option
    product: Annotated[str, typer.Option(help="Product to draw.")],
    count: Count = 1,
    format_: Format = "300x250",
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same pictures; absent: a fresh one.")
    ] = None,
    audience: Audience = "",
    approve_as: Annotated[str, typer.Option(help="Who approves them for serving; empty: they wait for approval.")] = "",
    save: Save = None,
    as_json: Json = False,
) -> None:
    """Generate new creatives; they are served after they are approved."""
    from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
    from services.cli.ask_view import creatives_view

    request = pb.GenerateCreativesRequest(
        product_id=product,
        format=format_,
        count=count,
        seed=secrets.randbits(62) if seed is None else seed,
        audience=_audience(audience),
        approved_by=approve_as,
    )
    with _answers(_GENERATE_MS) as stub:
        answer = stub.GenerateCreatives(request, timeout=_GENERATE_MS / 1000)
    if save is not None:
        _save(save, {made.creative.creative_id: made.image.png for made in answer.creatives})
    _show(answer, creatives_view([made.creative for made in answer.creatives]), as_json)


def approve(
    creative_id: Annotated[str, typer.Argument(help="A creative of the library.")],
    by: Annotated[str, typer.Option(help="Who approves it for serving.")],
    as_json: Json = False,
) -> None:
    """Approve a creative for serving; the creative service uses it within a second."""
    from services.cli.ask_view import creatives_view
    from services.cli.own_library import own_library
    from services.creative.respond import creative_of

    with own_library(state_dir_of(), os.environ) as library:
        message = creative_of(library.approve(creative_id, by))
    _show(message, creatives_view([message]), as_json)


def replay_decision(
    impression_id: Annotated[str, typer.Argument(help="As an answer or a token names it.")], as_json: Json = False
) -> None:
    """Replay a logged decision from its record alone, and show whether it is the same bit for bit."""
    from services.cli.find_decision import find_decision, replayed

    kafka = os.environ.get("ADLOOM_KAFKA") or session.running(state_dir_of()).kafka
    facts = replayed(find_decision(kafka, impression_id))
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        verdict = "[green]the same[/green]" if facts["same"] else "[red]NOT the same[/red]"
        Console().print(f"{verdict}: {facts['creative_id']} with probability {facts['propensity']!r}")
    if not facts["same"]:
        raise typer.Exit(1)


@contextmanager
def _answers(within_ms: int) -> Iterator[Any]:
    """A client of the running creative service; translates gRPC errors into one sentence."""
    import grpc

    from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
    from services.sdk.creative_channel import channel_to

    address = os.environ.get("ADLOOM_CREATIVE") or session.running(state_dir_of()).creative
    try:
        with channel_to(address) as channel:
            yield CreativeServiceStub(channel)
    except grpc.RpcError as exc:
        if exc.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            raise Unavailable("creative", f"no answer came from {address} within {within_ms} ms") from exc
        if exc.code() == grpc.StatusCode.UNAVAILABLE:
            raise Unavailable("creative", f"{address}: {exc.details()}") from exc
        raise AdloomError(f"{exc.code().name}: {exc.details()}") from exc


def context_of(texts: list[str]) -> pb.Context:
    """The context that KEY=VALUE pairs name; the command's usage error for others."""
    from google.protobuf import json_format

    from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb

    try:
        return json_format.ParseDict(_pairs(texts), pb.Context())
    except json_format.ParseError as exc:
        raise typer.BadParameter(f"--context: {' '.join(texts)!r} where whole minutes were expected") from exc


def _pairs(texts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or name not in _CONTEXT:
            raise typer.BadParameter(f"--context: {text!r} where KEY=VALUE of {', '.join(_CONTEXT)} was expected")
        if name in found:
            raise typer.BadParameter(f"--context: {text!r} where {name} was given before: give each KEY once")
        if not is_text(value):
            raise typer.BadParameter(f"--context: {text!r} where a VALUE of text was expected ({NOT_TEXT})")
        found[name] = value
    return found


def _audience(text: str) -> list[float]:
    parts = text.split(",") if text.strip() else []
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = [math.nan]
    if numbers and (len(numbers) != _AUDIENCE or not all(-1 <= number <= 1 for number in numbers)):
        raise typer.BadParameter(f"--audience: {text!r} where {_AUDIENCE} numbers from -1 to 1 were expected")
    return numbers


def _save(folder: Path, pictures: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for creative_id, png in pictures.items():
            (folder / f"{creative_id}.png").write_bytes(png)
            typer.echo(f"written: {folder / creative_id}.png", err=True)
    except OSError as exc:
        raise Misconfigured(f"--save: {folder} where a folder to write to was expected: {exc.strerror}.") from exc


def _show(message: Message, view: Any, as_json: bool) -> None:
    from services.cli.ask_view import facts_of

    if as_json:
        typer.echo(json.dumps(facts_of(message)))
    else:
        Console().print(view)
