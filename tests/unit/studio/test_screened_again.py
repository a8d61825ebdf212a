"""What another version of the screen has judged is screened again: in the background, and as people have said."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.changes import changed
from services.assets.creative import Creative, Draft, creative_id_of, finished
from services.assets.creative_sink import CreativeSink
from services.assets.creative_table import CreativeTable
from services.assets.screened import Screener
from services.common.clock import to_ms
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.composer.brand_kit import BrandKit
from services.composer.compose import RECIPE
from services.runtime.health import Readiness
from services.screening.asset import Asset
from services.screening.judges import Given
from services.screening.policy import Kind, with_own
from services.studio.again.forbidden import without_forbidden
from services.studio.again.judge_again import AGAIN
from services.studio.again.recheck import Recheck, Rechecked, kind_of
from services.studio.again.rescreen import Rescreening
from services.studio.budget import Budget, Hour
from services.studio.progress import Progress
from services.wire.codec.memory_sink import MemorySink
from tests.unit.screening.ads import banner, judges, png
from tests.unit.studio.bench import NOON, Bench, product

NO_SAMPLE = {"sample": 10**6}
POLICY = with_own("", NO_SAMPLE)
HEAVY = with_own("", {**NO_SAMPLE, "checks": {"weight": {"most": 10}}})
OTHER = with_own("", {"sample": 10**7})


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, screener=Screener(judges(), POLICY))


def add(
    bench: Bench, kind: Kind = "finished", headline: str = "Breton tee", by: str = "ada", about: str = "tee"
) -> Creative:
    """Another's banner, screened when it is added as the bench screens then."""
    content = png(banner())
    draft = Draft(about, "300x250", headline, "", "", by, made_by="creative_generator/1" if kind == "generated" else "")
    asset = Asset(kind, creative_id_of(draft, "x"), headline, content=content, format="300x250")
    draft = bench.screener.screened(draft, asset, product() if about else None, (), NOON)
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


@pytest.mark.parametrize("untrue", [product(price_minor=3500), product(availability=2)])
def test_an_offer_that_does_not_hold_for_a_while_ends_no_ad_for_good(bench: Bench, untrue: Product) -> None:
    bench.say(product())
    one = add(bench)  # its picture says 29.00
    bench.say(untrue)
    bench.screen_by(Screener(judges(), OTHER))
    bench.screen()
    assert (now(bench, one).state, now(bench, one).verdict) == ("APPROVED", one.verdict)
    bench.say(product())
    bench.work(timedelta(minutes=6))
    bench.screen()
    verdict = now(bench, one).verdict
    assert now(bench, one).state == "APPROVED"
    assert verdict is not None
    assert verdict.screen == bench.screener.version


def test_what_a_person_has_overruled_stays_so_although_it_passes_in_between(tmp_path: Path) -> None:
    misread = judges(["Breton tee", "€19.00"])
    bench = Bench(tmp_path, screener=Screener(misread, POLICY))
    bench.say(product())
    overruled = changed(add(bench), "approve", "ben", "it was misread", NOON)
    bench.creatives.put([overruled])
    bench.hear()
    for screener in (Screener(judges(), OTHER), Screener(misread, POLICY)):
        bench.screen_by(screener)
        bench.screen()
        assert now(bench, overruled).approved_by == "ben"
    verdict = now(bench, overruled).verdict
    assert verdict is not None
    assert not verdict.passes


def test_a_check_that_cannot_be_made_ends_no_ad_that_a_person_approved(bench: Bench) -> None:
    bench.say(product())
    one = add(bench)
    bench.screen_by(Screener(Given(), POLICY))
    bench.screen()
    verdict = now(bench, one).verdict
    assert verdict is not None
    assert not verdict.passes
    assert now(bench, one).is_approved


def losing(bench: Bench, hour: Hour, is_lost: Callable[[Recheck], bool]) -> tuple[Rescreening, list[int]]:
    """Makers that are lost over some jobs, ten seconds after they began; how many ads each job had."""
    jobs = list[int]()

    def submit(job: Recheck) -> Future[Rechecked]:
        jobs.append(len(job.ads))
        if not is_lost(job):
            return bench.rescreened(job)
        bench.clock.advance(timedelta(seconds=10))
        future = Future[Rechecked]()
        future.set_exception(Unavailable("child", "it was killed"))
        return future

    return Rescreening(bench.library, submit, hour, bench.clock, at_once=2), jobs


def test_banners_are_screened_in_small_jobs_and_one_that_kills_makers_is_given_up_alone(bench: Bench) -> None:
    banners = [add(bench, headline=f"Tees {number}", about="") for number in range(25)]
    killer = banners[7].creative_id
    again, jobs = losing(bench, Hour(0), lambda job: any(one.creative_id == killer for one in job.ads))
    bench.screener = Screener(judges(), OTHER)
    again.begin(bench.screener.version)
    for _ in range(60):
        try:
            again.step(is_busy=False)
        except Unavailable:
            continue
    assert (max(jobs), again.waiting()) == (20, 0)
    version = bench.screener.version
    left = [one for one in banners if (verdict := now(bench, one).verdict) and verdict.screen != version]
    assert [one.creative_id for one in left] == [killer]


def test_what_lost_makers_took_counts_for_the_hour(bench: Bench) -> None:
    bench.say(product())
    add(bench)
    hour = Hour(10)
    again, _ = losing(bench, hour, lambda job: True)
    again.begin(OTHER.version)
    again.step(is_busy=False)
    with pytest.raises(Unavailable):
        again.step(is_busy=False)
    assert hour.is_over(to_ms(bench.clock.now()))


def test_an_ad_that_was_asked_for_with_a_photo_is_judged_as_when_it_was_made(bench: Bench) -> None:
    one = add(bench)
    assert kind_of(dataclasses.replace(one, made_by=RECIPE)) == "composed"
    assert kind_of(dataclasses.replace(one, made_by="creative_generator/1")) == "generated"


@pytest.fixture
def broker(bench: Bench) -> MemorySink:
    """Kafka, which is away while it has a `failure`."""
    broker = MemorySink(bench.clock)
    bench.creatives = CreativeSink(lambda: broker, CreativeTable(), bench.clock)
    bench.start()
    return broker


def test_what_a_person_paused_while_kafka_was_away_stays_paused(bench: Bench, broker: MemorySink) -> None:
    bench.say(product())
    one = add(bench)
    bench.screen_by(Screener(judges(), OTHER))
    bench.again.step(is_busy=False)
    broker.failure = Unavailable("kafka", "no broker answers")
    with pytest.raises(Unavailable):
        bench.again.step(is_busy=False)
    broker.failure = None
    bench.judge(one, "pause")
    bench.screen()
    assert (now(bench, one).state, now(bench, one).life[-1].by) == ("PAUSED", "ada")


def test_what_the_kit_forbids_is_published_once_however_long_kafka_was_away(bench: Bench, broker: MemorySink) -> None:
    bench.say(product())
    add(bench)
    screener = Screener(judges(), POLICY, BrandKit(forbidden_words=("breton",)))

    def hit(one: Creative) -> Creative:
        return without_forbidden(one, product(), screener, BrandKit(), NOON)

    broker.failure = Unavailable("kafka", "no broker answers")
    for _ in range(3):
        with pytest.raises(Unavailable):
            bench.again.stop(hit)
    broker.failure = None
    assert bench.again.stop(hit) == 1
