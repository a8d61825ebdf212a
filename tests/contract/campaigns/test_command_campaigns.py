"""`adloom campaigns apply` says of each fault of a file which campaign, field and value, and what was expected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from protos.gen.adloom.campaigns.v1.campaign_pb2 import PACING_ASAP
from services.assets.campaigns.read_yaml import campaigns_of
from services.cli.main import build, message_of
from services.common.errors import AdloomError

GOOD = """
campaigns:
  - campaign_id: "0123"
    name: no
    product_types: [Clothing > Dresses]
    starts_at: 2026-12-01
    ends_at: 2026-12-24T18:00
    time_zone: Europe/Berlin
    hours: [8, 9]
    impression_budget: 100000
    pacing: asap
    languages: [no, de-AT]
    frequency_caps: [{impressions: 3, within_s: 86400}]
  - campaign_id: other
    ends_at: 2026-12-24T18:00:00+02:00
    paused: true
"""


def test_a_file_is_read_by_the_types_of_the_fields_and_in_the_campaigns_zone() -> None:
    first, second = campaigns_of(GOOD, "spring.yaml")
    assert (first.campaign_id, first.name, list(first.languages)) == ("0123", "no", ["no", "de-AT"])
    assert first.starts_at.ToDatetime(UTC) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert first.ends_at.ToDatetime(UTC) == datetime(2026, 12, 24, 17, tzinfo=UTC)
    assert (first.impression_budget, first.pacing, list(first.hours)) == (100_000, PACING_ASAP, [8, 9])
    assert [(cap.impressions, cap.within_s) for cap in first.frequency_caps] == [(3, 86_400)]
    assert second.ends_at.ToDatetime(UTC) == datetime(2026, 12, 24, 16, tzinfo=UTC)
    assert second.paused and not second.HasField("impression_budget")


BAD = {
    "": "spring.yaml: nothing where a list of campaigns was expected",
    "a: [": "spring.yaml is no YAML: ",
    "- spring": "campaigns[0]: 'spring' where a campaign with its fields",
    "- {campaign_id: k, campaign_id: l}": "the key 'campaign_id' stands twice",
    "- {campaign_id: k, budget: 5}": "campaigns[0] (k).budget: '5' where no such key, but one of campaign_id, name",
    "- {campaign_id: k, created_at: 2026-01-01}": "campaigns[0] (k).created_at: '2026-01-01' where no such key",
    "- {campaign_id: k, impression_budget: many}": "(k).impression_budget: 'many' where a whole number was expected",
    "- {campaign_id: k, impression_budget: 0}": "(k).impression_budget: 0 (int) where",
    "- {campaign_id: k, paused: maybe}": "(k).paused: 'maybe' where true or false was expected",
    "- {campaign_id: k, pacing: fast}": "(k).pacing: 'fast' where even or asap was expected",
    "- {campaign_id: k, product_ids: tee}": "(k).product_ids: 'tee' where a list like [first, second] was expected",
    "- {campaign_id: k, hours: [[8]]}": "(k).hours[0]: 'a list' where one value was expected",
    "- {campaign_id: k, ends_at: 2026-12-24}": "(k).ends_at: '2026-12-24' where a moment like",
    "- {campaign_id: k, starts_at: soon}": "(k).starts_at: 'soon' where a moment like",
    "- {campaign_id: k, time_zone: Mars/Base}": "(k).time_zone: 'Mars/Base' where a zone like",
    "- {campaign_id: k, frequency_caps: [3]}": "(k).frequency_caps[0]: '3' where a cap like",
    "- {campaign_id: k, frequency_caps: [{impressions: 0, within_s: 5}]}": "(k).frequency_caps[0].impressions: 0",
    "- {campaign_id: k, starts_at: 2026-12-02T08:00, ends_at: 2026-12-01T08:00}": "(k).ends_at: '2026-12-01T08:00:00Z'",
    "- {campaign_id: k}\n- {campaign_id: k}": "campaigns[1].campaign_id: 'k' where an id that no other one has",
}


@pytest.mark.parametrize(("text", "words"), BAD.items())
def test_each_fault_names_campaign_field_value_and_what_was_expected(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "spring.yaml"
    file.write_text(text)
    done = CliRunner().invoke(build(), ["campaigns", "apply", str(file)], env={"ADLOOM_HOME": str(tmp_path)})
    assert isinstance(done.exception, AdloomError)
    assert words in message_of(done.exception).replace(f"{tmp_path}/", "")
