"""What another version of the screen has judged is screened again: in the background, and as people have said."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from services.assets.changes import changed
from services.assets.creative import Creative, Draft, creative_id_of, finished
from services.assets.screened import Screener
from services.common.metrics import METRICS
from services.composer.brand_kit import BrandKit
from services.runtime.health import Readiness
from services.screening.asset import Asset
from services.screening.judges import Given
from services.screening.policy import Kind, with_own
from services.studio.again.forbidden import without_forbidden
from services.studio.again.judge_again import AGAIN
from services.studio.budget import Budget
from services.studio.progress import Progress
from tests.unit.screening.ads import banner, judges, png
from tests.unit.studio.bench import NOON, Bench, product

NO_SAMPLE = {"sample": 10**6}
POLICY = with_own("", NO_SAMPLE)
HEAVY = with_own("", {**NO_SAMPLE, "checks": {"weight": {"most": 10}}})
OTHER = with_own("", {"sample": 10**7})


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, screener=Screener(judges(), POLICY))


def add(bench: Bench, kind: Kind = "finished", headline: str = "Breton tee", by: str = "ada") -> Creative:
    """Another's banner, screened when it is added as the bench screens then."""
    content = png(banner())
    draft = Draft("tee", "300x250", headline, "", "", by, made_by="creative_generator/1" if kind == "generated" else "")
    asset = Asset(kind, creative_id_of(draft, "x"), headline, content=content, format="300x250")
    draft = bench.screener.screened(draft, asset, product(), (), NOON)
    (one,) = finished([draft], [bench.pictures.put(content)], NOON)
    bench.creatives.put([one])
    bench.hear()
    return one


def now(bench: Bench, one: Creative) -> Creative:
    found = bench.creatives.table.get(one.creative_id)
    assert found is not None
    return found


def test_what_was_refused_for_want_of_a_model_is_served_once_the_model_is_there(tmp_path: Path) -> None:
    bench = Bench(tmp_path, screener=Screener(Given(), POLICY))
    bench.say(product())
    banner = add(bench)
    bench.work()
    assert bench.shown() == {}
    bench.screen_by(Screener(judges(), POLICY))
    bench.screen()
    shown = bench.shown()
    assert (len(shown), now(bench, banner).approved_by) == (5, "ada")  # four of the studio's own
    assert all(one.verdict and one.verdict.screen == bench.screener.version for one in shown.values())
    assert now(bench, banner).life[-1].why == f"{AGAIN}it passes now, as ada wanted"


def test_a_stricter_threshold_ends_what_is_served_and_a_milder_one_brings_it_back(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    served = {*bench.shown()}
    banner = add(bench)
    bench.screen_by(Screener(judges(), HEAVY))
    assert {*bench.shown()} > served  # meanwhile
    bench.screen()
    assert bench.shown() == {}
    event = now(bench, banner).life[-1]
    assert (event.by, event.state) == ("studio", "SCREENED")
    assert event.why.startswith(f"{AGAIN}weight: the file has ")
    bench.screen_by(Screener(judges(), POLICY))
    bench.screen()
    assert {*bench.shown()} == {*served, banner.creative_id}
    assert now(bench, banner).approved_by == "ada"


def test_a_person_overrules_the_same_finding_for_good_and_no_other(tmp_path: Path) -> None:
    bench = Bench(tmp_path, screener=Screener(judges(["Breton tee", "€19.00"]), POLICY))
    bench.say(product())
    overruled = changed(add(bench), "approve", "ben", "it was misread", NOON)
    bench.creatives.put([overruled])
    bench.work()
    bench.screen_by(Screener(judges(["Breton tee", "€19.00"], score=0.1), with_own("", {"sample": 99})))
    bench.screen()
    assert now(bench, overruled).approved_by == "ben"
    bench.screen_by(Screener(judges(["Breton tee", "€9.00"]), POLICY))
    bench.screen()
    assert now(bench, overruled).state == "SCREENED"
    assert "€9.00" in now(bench, overruled).life[-1].why


@pytest.mark.parametrize(
    ("before", "after", "headline", "why"),
    [
        (BrandKit(), BrandKit(forbidden_words=("breton",)), "Breton tee", 'forbidden: the brand kit forbids "breton"'),
        (
            BrandKit(allowed_claims={"en": ("Free returns",)}), BrandKit(),
            "Free returns", 'claims: "Free returns": title, description, material or attributes would have to',
        ),
    ],
)  # fmt: skip
def test_a_forbidden_word_and_a_withdrawn_claim_end_ads_at_once(
    tmp_path: Path, before: BrandKit, after: BrandKit, headline: str, why: str
) -> None:
    bench = Bench(tmp_path, screener=Screener(judges([headline, "Tee"]), POLICY, before))
    bench.say(product())
    hit, generated, other = add(bench, headline=headline), add(bench, "generated", headline), add(bench, headline="Tee")
    assert all(one.is_approved for one in (hit, generated, other))
    screener = Screener(judges([headline, "Tee"]), POLICY, after)
    bench.screen_by(screener, lambda one: without_forbidden(one, product(), screener, before, NOON))
    assert [now(bench, one).state for one in (hit, generated, other)] == ["SCREENED", "SCREENED", "APPROVED"]
    assert why in now(bench, hit).life[-1].why


def test_what_people_paused_or_withdrew_stays_so(bench: Bench) -> None:
    bench.say(product())
    one, gone = add(bench), add(bench, headline="Tee")
    bench.creatives.put(
        [changed(one, "pause", "ben", "too loud", NOON), changed(gone, "withdraw", "ben", "ugly", NOON)]
    )
    bench.work()
    for policy in (HEAVY, POLICY):
        bench.screen_by(Screener(judges(), policy))
        bench.screen()
        assert now(bench, gone).state == "RETIRED"
    assert (now(bench, one).state, now(bench, one).approved_by) == ("PAUSED", "ada")


def test_each_ad_is_screened_once_within_the_budget_and_the_status_says_how_many_wait(bench: Bench) -> None:
    bench.start(budget=Budget(hour_s=60))
    bench.say(product())
    bench.work()
    add(bench)
    progress = Progress(Readiness(), bench.desk, bench.studio, 4, bench.again.waiting)
    bench.studio.hour.spend(60)
    bench.screen_by(Screener(judges(), OTHER))
    assert bench.again.waiting() == 5
    progress.tell()
    assert METRICS.studio_waits.labels("screen_again")._value.get() == 5
    bench.screen()
    assert bench.again.waiting() == 5
    bench.work(timedelta(hours=1))
    bench.screen()
    assert bench.again.waiting() == 0
    published = bench.creatives.table.revision()
    bench.work(timedelta(seconds=2))
    bench.screen()
    assert bench.creatives.table.revision() == published


def test_an_ad_whose_picture_is_gone_stays_as_it_is_and_holds_up_no_other(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    lost = dataclasses.replace(add(bench), image_sha256="0" * 64)
    bench.creatives.put([lost])
    bench.hear()
    bench.screen_by(Screener(judges(), OTHER))
    bench.screen()
    assert now(bench, lost) == lost
    assert bench.again.waiting() == 0
    assert (
        sum(bool(one.verdict and one.verdict.screen == bench.screener.version) for one in bench.shown().values()) == 4
    )
