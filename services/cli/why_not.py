"""`adloom why-not CREATIVE`: which rule keeps a creative from being served."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from services.cli.ask import Context, Format, Placement, User, context_of
from services.tools.stack import session
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
    from services.assets.campaigns.rules import Visit
    from services.assets.campaigns.spending.redis_counters import RedisCounters
    from services.assets.campaigns.terms import Terms
    from services.assets.campaigns.why_not import Answer
    from services.catalogue.offers import Offers
    from services.tools.stack.session import RunningStack

_TIMEOUT_S: Final = 5.0  # long, because a person waits and not an ad server


def register(app: typer.Typer) -> None:
    """Declare the command."""
    app.command(name="why-not")(why_not)


def why_not(  # noqa: PLR0913 - one parameter an option
    creative_id: Annotated[str, typer.Argument(metavar="CREATIVE", help="As adloom library list names it.")],
    user: User = "",
    placement: Placement = "top",
    format_: Format = "300x250",
    context: Context = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.")] = False,
) -> None:
    """Tell for every rule whether it lets a creative be served to a shopper now, and why.

    Asked are the topics, the profile and the counters of the running stack, now. A creative is eligible if its own
    rules hold, and all rules of one of the campaigns that name it.
    """
    from services.composer.formats import size_of

    size_of(format_)
    found = _answer(creative_id, user, placement, format_, context_of(context or []))
    rules = [replace(one, rule=f"{name}: {one.rule}") if name else one for name, one in found.rules]
    if as_json:
        typer.echo(json.dumps({"eligible": found.eligible, "rules": [asdict(rule) for rule in rules]}))
        return
    table = Table("rule", "holds", "because", title=f"{creative_id}: {'' if found.eligible else 'not '}eligible")
    for rule in rules:
        table.add_row(rule.rule, "yes" if rule.holds else "NO", rule.because)
    Console().print(table)


def _answer(creative_id: str, user: str, placement: str, format_: str, context: pb.Context) -> Answer:
    from services.assets.campaigns import why_not as rules
    from services.assets.campaigns.spending.redis_counters import RedisCounters
    from services.cli.own_library import own_parts
    from services.common.clock import to_ms

    stack = session.running(state_dir_of())
    now = datetime.now(UTC)
    campaigns, (offers, languages) = campaigns_of(stack.kafka), products_of(stack.kafka)
    counters = RedisCounters(stack.redis)
    visit = visit_of(stack, user, placement, context, now)
    visit = rules.seen_as(visit, left_of(counters, stack, user, campaigns, to_ms(now)), countable=bool(user))
    counts = counters.counts([terms.counter for terms in campaigns])
    question = rules.Question(format_, visit, to_ms(now), offers, counts, languages)
    with own_parts(state_dir_of(), os.environ) as (library, _):
        creative, table = library.get(creative_id), library.table
        return rules.why_not(creative, campaigns, question, lambda: table.all(lambda row: row.format == format_))


def campaigns_of(kafka: str) -> list[Terms]:
    """All campaigns on the topic."""
    from services.assets.campaigns.kafka_campaigns import KafkaCampaigns
    from services.common.topics import CAMPAIGNS
    from services.wire.kafka.reader import read_to_end

    found = KafkaCampaigns(kafka)
    for raw in read_to_end(kafka, CAMPAIGNS, committed=True):
        found.apply(raw)
    return found.table.all()


def products_of(kafka: str) -> tuple[Offers, dict[str, str]]:
    """What is offered by the topic of products, and the language that each row says."""
    from services.catalogue.language import language_of_row
    from services.catalogue.offer import offer_of
    from services.catalogue.offers import Offers
    from services.catalogue.product_messages import Dated, NewestChanges, read_change
    from services.common.topics import PRODUCTS
    from services.wire.kafka.reader import read_to_end

    offers, newest, languages = Offers(), NewestChanges(), dict[str, str]()
    for raw in read_to_end(kafka, PRODUCTS, committed=True):
        found = read_change(raw)
        if isinstance(found, Dated):
            product_id, product = found.change.product_id, found.change.product
            if newest.takes(product_id, found.position):
                languages[product_id] = "" if product is None else language_of_row(product)
            offers.apply(product_id, None if product is None else offer_of(product), found.position, 0)
    return offers, languages


def visit_of(stack: RunningStack, user: str, placement: str, context: pb.Context, now: datetime) -> Visit:
    """The request as rules see it, with the shopper's segment."""
    from services.assets.campaigns.rules import Visit
    from services.features.feast_reader import FeastReader
    from services.features.profile import Profile
    from services.features.segments import segment_of

    unknown = segment_of(Profile(), context.device, context.query, now)
    segment = unknown
    if user:
        name = pseudonym_of(stack, user)
        reading = FeastReader(stack.redis, timeout_s=_TIMEOUT_S).read([name], unknown)[name]
        segment = unknown if reading.default else segment_of(reading.profile, context.device, context.query, now)
    return Visit(placement, context.page, context.device, context.locale, segment)


def left_of(
    counters: RedisCounters, stack: RunningStack, user: str, campaigns: list[Terms], now_ms: int
) -> dict[str, int]:
    """What the caps of each campaign leave the shopper."""
    from services.assets.campaigns.terms import left_by

    capped = [terms for terms in campaigns if terms.caps] if user else []
    seen = {terms.campaign_id: counters.seen_ms(pseudonym_of(stack, user), terms.campaign_id) for terms in capped}
    return {terms.campaign_id: left_by(terms.caps, seen[terms.campaign_id], now_ms) for terms in capped}


def pseudonym_of(stack: RunningStack, user: str) -> str:
    """The shopper's pseudonym in this deployment."""
    from services.common.secrets import load_pseudonym_key

    return load_pseudonym_key(stack.state_dir.secrets).pseudonym(user)
