"""`adloom emit view | click | order`: one event through the producer SDK."""

from __future__ import annotations

import json
import time as clocks
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import consent
from services.cli.broker import broker_of
from services.common.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from services.wire.codec.shop_events import Payload

FLUSH_S = 30.0

User = Annotated[str, typer.Option(help="The shop's own id of the shopper; it is pseudonymised before it is sent.")]
Product = Annotated[str, typer.Option(help="Product id.")]
Agent = Annotated[str, typer.Option(help="User agent of the browser.")]
Token = Annotated[str, typer.Option("--token", help="The impression_token of the answer that led here.")]
EventId = Annotated[str, typer.Option(help="The event's identity; generated where absent.")]
Time = Annotated[str, typer.Option(help="When it happened, RFC 3339; now where absent.")]
Origin = Annotated[str, typer.Option("--source", help="Who emits; part of the event's identity.")]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    emit = typer.Typer(help="Send one event to Kafka through the producer SDK.", no_args_is_help=True)
    for command in (view, click, order):
        emit.command()(command)
    app.add_typer(emit, name="emit")


def view(  # noqa: PLR0913 - one option a field
    user: User,
    product: Product,
    query: Annotated[str, typer.Option(help="The search query that led there.")] = "",
    page: Annotated[str, typer.Option(help="Page on which it happened.")] = "",
    dwell_ms: Annotated[int, typer.Option(help="How long it was visible, in milliseconds.")] = 0,
    user_agent: Agent = "",
    no_consent: consent.Refused = "",
    event_id: EventId = "",
    time: Time = "",
    source: Origin = "shop",
    as_json: Json = False,
) -> None:
    """A shopper viewed a product."""
    from protos.gen.adloom.events.v1.events_pb2 import View

    seen = whole("dwell_ms", dwell_ms, 64)
    payload = View(user_id=user, product_id=product, query=query, page=page, dwell_ms=seen, user_agent=user_agent)
    allow(payload, no_consent)
    send(payload, event_id, time, source, as_json)


def click(  # noqa: PLR0913 - one option a field
    user: User,
    product: Product,
    token: Token = "",
    user_agent: Agent = "",
    no_consent: consent.Refused = "",
    event_id: EventId = "",
    time: Time = "",
    source: Origin = "shop",
    as_json: Json = False,
) -> None:
    """A shopper clicked a product, or an ad where there is a token."""
    from protos.gen.adloom.events.v1.events_pb2 import Click

    payload = Click(user_id=user, product_id=product, impression_token=token, user_agent=user_agent)
    allow(payload, no_consent)
    send(payload, event_id, time, source, as_json)


def order(  # noqa: PLR0913 - one option a field
    user: User,
    product: Product,
    quantity: Annotated[int, typer.Option(help="Pieces.")] = 1,
    value_minor: Annotated[int, typer.Option(help="Value of the line in minor units (cents).")] = 0,
    currency: Annotated[str, typer.Option(help="ISO 4217 code, EUR.")] = "",
    token: Token = "",
    user_agent: Agent = "",
    no_consent: consent.Refused = "",
    event_id: EventId = "",
    time: Time = "",
    source: Origin = "shop",
    as_json: Json = False,
) -> None:
    """A shopper bought something."""
    from protos.gen.adloom.events.v1.events_pb2 import Order

    payload = Order(
        user_id=user,
        product_id=product,
        quantity=whole("quantity", quantity, 32),
        value_minor=whole("value_minor", value_minor, 64),
        currency=currency,
        impression_token=token,
        user_agent=user_agent,
    )
    allow(payload, no_consent)
    send(payload, event_id, time, source, as_json)


def allow(payload: Payload, no_consent: str) -> None:
    """Writes what the shopper does not allow onto the event; nothing where the option is absent."""
    if said := consent.refused(no_consent):
        payload.consent.CopyFrom(said)


def whole(name: str, value: int, bits: int) -> int:
    """`value`; raises `Rejected` where protobuf cannot hold it in so many bits."""
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise Rejected("invalid", name, value, f"a whole number of {bits} bits")
    return value


def send(payload: Payload, event_id: str, time: str, source: str, as_json: bool) -> None:
    """Publishes one event, waits for the broker's confirmation, prints it; raises `Rejected` or `Unavailable`."""
    from services.sdk.producer import connect

    happened, broker = moment(time), broker_of()
    began = clocks.monotonic()
    with connect(broker.kafka, broker.secrets_dir, source) as shop:
        published = shop.publish(payload, event_id, happened)
        tally = shop.flush(FLUSH_S)
    facts = {"sent": tally.sent, "failed": tally.failed, "seconds": round(clocks.monotonic() - began, 3)}
    if as_json:
        typer.echo(json.dumps({**facts, "event_id": published}))
    if not tally.sent:
        raise Unavailable("kafka", tally.first_failure or "the event was not delivered")
    if not as_json:
        typer.echo(f"sent {published} in {facts['seconds']} s")


def moment(text: str) -> datetime:
    """The given time, or now; raises `Rejected`."""
    from services.wire.codec import rfc3339

    try:
        return rfc3339.parse(text) if text else datetime.now(UTC)
    except ValueError as exc:
        raise Rejected("invalid", "time", text, "an RFC 3339 time such as 2026-01-31T12:00:00Z") from exc
