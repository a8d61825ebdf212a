"""`adloom campaigns apply | list | pause | resume | delete`: which ads run where, to whom, when and how often."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from services.common.errors import AdloomError, Unavailable
from services.tools.stack import session
from services.tools.stack.state_dir import state_dir_of

if TYPE_CHECKING:
    from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
    from protos.gen.adloom.campaigns.v1.campaign_service_pb2 import CampaignStatus

Id = Annotated[str, typer.Argument(metavar="ID", help="A campaign, as adloom campaigns list names it.")]
By = Annotated[str, typer.Option(help="Who answers for it.")]
Why = Annotated[str, typer.Option(help="The reason, which is kept.")]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]
_WITHIN_S: Final = 10.0


def register(app: typer.Typer) -> None:
    """Declare the commands."""
    campaigns = typer.Typer(help="Which ads run where, to whom, when and how often.", no_args_is_help=True)
    for command in (apply, list_, pause, resume, delete):
        campaigns.command(command.__name__.rstrip("_"))(command)
    app.add_typer(campaigns, name="campaigns")


def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML with a list of campaigns.")], as_json: Json = False
) -> None:
    """Take campaigns from a YAML file, all or none: new ones, and others in place of those with the same campaign_id.

    Keys are the fields of protos/adloom/campaigns/v1/campaign.proto; services/assets/campaigns/read_yaml.py has an
    example. A paused campaign stays paused until `resume`. Ads follow within a second.
    """
    from protos.gen.adloom.campaigns.v1.campaign_service_pb2 import UpsertCampaignsRequest
    from services.assets.campaigns.check_campaign import check_all
    from services.assets.campaigns.read_yaml import read_yaml

    campaigns = read_yaml(file)
    check_all(campaigns)
    with _service() as stub:
        answer = stub.UpsertCampaigns(UpsertCampaignsRequest(campaigns=campaigns), timeout=_WITHIN_S)
    for campaign in answer.campaigns:
        _show(campaign, as_json)


def list_(as_json: Json = False) -> None:
    """List campaigns with what they have spent."""
    from protos.gen.adloom.campaigns.v1.campaign_service_pb2 import ListCampaignsRequest

    with _service() as stub:
        answer = stub.ListCampaigns(ListCampaignsRequest(), timeout=_WITHIN_S)
    for found in answer.campaigns:
        typer.echo(json.dumps(facts_of(found)) if as_json else line_of(found))


def pause(campaign_id: Id, by: By, why: Why, as_json: Json = False) -> None:
    """Stop a campaign until `resume`; it serves nothing after a second."""
    from protos.gen.adloom.campaigns.v1.campaign_service_pb2 import PauseCampaignRequest

    with _service() as stub:
        request = PauseCampaignRequest(campaign_id=campaign_id, by=by, why=why)
        _show(stub.PauseCampaign(request, timeout=_WITHIN_S).campaign, as_json)


def resume(campaign_id: Id, by: By, why: Why = "", as_json: Json = False) -> None:
    """Let a paused campaign serve again."""
    from protos.gen.adloom.campaigns.v1.campaign_service_pb2 import ResumeCampaignRequest

    with _service() as stub:
        request = ResumeCampaignRequest(campaign_id=campaign_id, by=by, why=why)
        _show(stub.ResumeCampaign(request, timeout=_WITHIN_S).campaign, as_json, "resumed")


def delete(campaign_id: Id, as_json: Json = False) -> None:
    """End a campaign for good, with the count of what it has spent; its creatives stay.

    To be able to go on later, `pause` it. One that is applied under the same id later begins anew.
    """
    from protos.gen.adloom.campaigns.v1.campaign_service_pb2 import DeleteCampaignRequest

    with _service() as stub:
        gone = stub.DeleteCampaign(DeleteCampaignRequest(campaign_id=campaign_id), timeout=_WITHIN_S).campaign
    typer.echo(json.dumps(campaign_facts(gone)) if as_json else f"{gone.campaign_id}: deleted")


def facts_of(found: CampaignStatus) -> dict[str, Any]:
    """A campaign with what it has spent."""
    campaign = campaign_facts(found.campaign)
    return {
        "campaign_id": found.campaign.campaign_id,
        "status": found.status,
        "impressions": found.impressions,
        "clicks": found.clicks,
        **{name: value for name, value in campaign.items() if name != "campaign_id"},
    }


def campaign_facts(campaign: Campaign) -> dict[str, Any]:
    """A campaign's fields that are set; numbers are numbers, as in the YAML."""
    from services.wire.codec.json_codec import to_json

    facts: dict[str, Any] = json.loads(to_json(campaign))
    for name in ("impression_budget", "click_budget"):
        if name in facts:
            facts[name] = int(facts[name])  # proto3 JSON writes 64 bits as text
    for cap in facts.get("frequency_caps", ()):
        cap["within_s"] = int(cap["within_s"])
    return facts


def line_of(found: CampaignStatus) -> str:
    """A campaign in a line."""
    campaign = found.campaign
    of = [f"{found.impressions}{_of(campaign, 'impression_budget')} impressions"]
    of.append(f"{found.clicks}{_of(campaign, 'click_budget')} clicks")
    name = f"  {campaign.name}" if campaign.name else ""
    return f"{campaign.campaign_id:<24} {found.status:<9} {', '.join(of)}{name}"


def _of(campaign: Campaign, budget: str) -> str:
    return f" of {getattr(campaign, budget)}" if campaign.HasField(budget) else ""


def _show(campaign: Campaign, as_json: bool, done: str = "taken") -> None:
    by = f" by {campaign.changed_by}" if campaign.changed_by else ""
    text = f"{campaign.campaign_id}: paused{by}" if campaign.paused else f"{campaign.campaign_id}: {done}"
    typer.echo(json.dumps(campaign_facts(campaign)) if as_json else text)


@contextmanager
def _service() -> Iterator[Any]:
    """A client of the running CampaignService; translates gRPC errors into one sentence."""
    import grpc

    from protos.gen.adloom.campaigns.v1.campaign_service_pb2_grpc import CampaignServiceStub
    from services.sdk.creative_channel import channel_to

    address = os.environ.get("ADLOOM_EVENTS") or session.running(state_dir_of()).events
    try:
        with channel_to(address) as channel:
            yield CampaignServiceStub(channel)
    except grpc.RpcError as exc:
        if exc.code() in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE):
            raise Unavailable("events", f"{address}: {exc.details()}") from exc
        if exc.code() in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND):
            raise Refused(exc.details() or "") from exc
        raise AdloomError(f"{exc.code().name}: {exc.details()}") from exc


class Refused(AdloomError):
    """The service refused what was given; the text is its own."""
