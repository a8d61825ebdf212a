"""Looking at, paging through and making creatives over the real channel."""

from __future__ import annotations

import asyncio
import io
import time
from pathlib import Path

import grpc
import numpy as np
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from PIL import Image

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.creative.generate import noise_of
from services.creative.server import SERVICE
from tests.unit.creative.house import House, page


@pytest.fixture
def own(house: House, tmp_path: Path) -> House:
    """A house whose library the test may add to."""
    house.assets = house.assets.copied(tmp_path / "assets")
    return house


@pytest.mark.asyncio
async def test_pages_together_hold_every_creative_once(house: House) -> None:
    found, token = [], ""
    async with house.asked() as stub:
        while True:
            answer = await stub.ListCreatives(pb.ListCreativesRequest(page_size=60, page_token=token), timeout=5)
            found += [c.creative_id for c in answer.creatives]
            token = answer.next_page_token
            if not token:
                break
        whole = await stub.ListCreatives(pb.ListCreativesRequest(page_size=1000), timeout=5)
    assert found == sorted(found) == [c.creative_id for c in whole.creatives]
    assert len(set(found)) == len(found) > 400


@pytest.mark.asyncio
async def test_a_list_can_be_of_one_product_and_format(house: House) -> None:
    async with house.asked() as stub:
        answer = await stub.ListCreatives(
            pb.ListCreativesRequest(product_ids=["boot-chelsea"], format="300x250"), timeout=5
        )
    assert len(answer.creatives) == 4
    assert {(c.product_id, c.format, c.approved_by) for c in answer.creatives} == {
        ("boot-chelsea", "300x250", "studio")
    }


@pytest.mark.asyncio
async def test_one_creative_comes_with_its_picture(house: House) -> None:
    async with house.asked() as stub:
        listed = await stub.ListCreatives(pb.ListCreativesRequest(page_size=1), timeout=5)
        answer = await stub.GetCreative(pb.GetCreativeRequest(creative_id=listed.creatives[0].creative_id), timeout=5)
    assert answer.creative == listed.creatives[0]
    picture = Image.open(io.BytesIO(answer.image.png))
    assert f"{picture.width}x{picture.height}" == answer.creative.format


@pytest.mark.asyncio
async def test_generated_creatives_wait_until_somebody_approves_them(own: House) -> None:
    own.settings = {"allow_approvals": True}
    asked = pb.GenerateCreativesRequest(product_id="boot-chelsea", format="300x250", count=3, seed=7)
    async with own.asked() as stub:
        made = await stub.GenerateCreatives(asked, timeout=20)
        again = await stub.GenerateCreatives(asked, timeout=20)
        before = await stub.SelectCreatives(page(product_ids=["boot-chelsea"]), timeout=5)
        asked.approved_by = "ada"
        await stub.GenerateCreatives(asked, timeout=20)
        for _ in range(100):
            after = await stub.SelectCreatives(
                page(request_id=f"{time.time()}", product_ids=["boot-chelsea"], placements=[all_slots()]), timeout=5
            )
            if sum(s.ai_generated for s in after.selections) == 3:
                break
            await asyncio.sleep(0.05)
    assert len({g.creative.creative_id for g in made.creatives}) == 3
    assert [g.creative.creative_id for g in again.creatives] == [g.creative.creative_id for g in made.creatives]
    for generated in made.creatives:
        assert generated.creative.ai_generated
        assert generated.creative.made_by == "creative_generator/1"
        assert not generated.creative.approved_by
        assert Image.open(io.BytesIO(generated.image.png)).size == (300, 250)
    assert not before.selections[0].ai_generated
    ids = {g.creative.creative_id for g in made.creatives}
    assert {s.creative_id for s in after.selections if s.ai_generated} == ids


@pytest.mark.asyncio
async def test_what_the_generator_cannot_draw_is_shown_by_its_own_picture(own: House) -> None:
    asked = pb.GenerateCreativesRequest(product_id="mug-tide", format="300x250", count=3)
    async with own.asked() as stub:
        known = {one.creative_id for one in (await stub.ListCreatives(pb.ListCreativesRequest(), timeout=5)).creatives}
        made = await stub.GenerateCreatives(asked, timeout=20)
        again = await stub.GenerateCreatives(asked, timeout=20)
    ids = [one.creative.creative_id for one in made.creatives]
    assert len(set(ids) - known) == 3
    assert [one.creative.creative_id for one in again.creatives] == ids
    assert not any(one.creative.ai_generated for one in made.creatives)
    assert {one.creative.elements["photo"] for one in made.creatives} == {"drawing"}


@pytest.mark.asyncio
async def test_a_look_in_which_an_ad_cannot_be_read_gives_way_to_another(own: House) -> None:
    asked = pb.GenerateCreativesRequest(product_id="bag-zh-canvas", format="320x50", count=16, headline="x" * 120)
    async with own.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GenerateCreatives(asked, timeout=20)
        asked.headline = ""
        made = await stub.GenerateCreatives(asked, timeout=20)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "ads can be made" in refused.value.details()
    assert 0 < len(made.creatives) <= 16


def all_slots() -> pb.Placement:
    return pb.Placement(placement_id="top", format="300x250", count=7)


def test_noise_depends_on_seed_and_row_alone() -> None:
    assert (noise_of(3, 4)[:2] == noise_of(3, 2)).all()
    assert not (noise_of(3, 1) == noise_of(4, 1)).any(axis=None) or (noise_of(3, 1) != noise_of(4, 1)).mean() > 0.9
    assert abs(noise_of(-1, 16).std() - 1) < 0.1
    assert noise_of(0, 2).dtype == np.float32


@pytest.mark.asyncio
async def test_without_the_generator_the_caller_may_try_again(house: House) -> None:
    house.models.down = True
    async with house.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GenerateCreatives(
                pb.GenerateCreativesRequest(product_id="boot-chelsea", format="300x250"), timeout=5
            )
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "triton" in refused.value.details()


@pytest.mark.asyncio
async def test_too_many_requests_are_told_when_to_come_back(house: House) -> None:
    house.settings = {"in_flight": 0}
    async with house.asked() as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.SelectCreatives(page(), timeout=5)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert ("grpc-retry-pushback-ms", "50") in list(refused.value.trailing_metadata())


@pytest.mark.asyncio
async def test_our_own_mistake_is_ours_and_shows_nothing_inside(house: House) -> None:
    async with house.asked() as stub:
        house.running.dependencies.caps.capped = lambda *_: 1 // 0  # type: ignore[union-attr, method-assign]
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.SelectCreatives(page(), timeout=5)
    assert refused.value.code() is grpc.StatusCode.INTERNAL
    assert refused.value.details() == "internal error"


@pytest.mark.parametrize("fault", ["damaged", "missing", "a folder"])
@pytest.mark.asyncio
async def test_a_picture_that_the_disk_does_not_give_costs_the_answer_nothing_but_the_picture(
    own: House, fault: str
) -> None:
    for picture in list(own.assets.folder.rglob("*.png")):
        picture.unlink()
        if fault == "damaged":
            picture.write_bytes(b"no picture")
        elif fault == "a folder":
            picture.mkdir()
    async with own.asked() as stub:
        answer = await stub.SelectCreatives(page(inline_images=True), timeout=5)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GetCreative(pb.GetCreativeRequest(creative_id=answer.selections[0].creative_id), timeout=5)
    (selection,) = answer.selections
    assert selection.image.uri.startswith("asset:sha256:")
    assert list(selection.degraded)[-1] == "assets"
    assert [list(record.degraded) for record in own.records()] == [list(selection.degraded)]
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "assets" in refused.value.details()


@pytest.mark.asyncio
async def test_health_and_reflection_are_served(house: House) -> None:
    async with house.served() as channel:
        told = health_pb2_grpc.HealthStub(channel)
        for name in ("", SERVICE):
            answer = await told.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        asked = reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE)
        mirror = reflection_pb2_grpc.ServerReflectionStub(channel)
        answers = [a async for a in mirror.ServerReflectionInfo(iter([asked]), timeout=5)]
        assert answers[0].file_descriptor_response.file_descriptor_proto


@pytest.mark.asyncio
async def test_a_person_approves_or_refuses_what_waits(own: House) -> None:
    own.settings = {"allow_approvals": True, "four_eyes": True}
    asked = pb.GenerateCreativesRequest(product_id="boot-chelsea", format="300x250", count=2, seed=9)
    async with own.asked() as stub:
        await stub.GenerateCreatives(asked, timeout=60)
        queue = pb.ListCreativesRequest(states=[pb.DRAFT, pb.SCREENED])
        good, bad = [one.creative_id for one in (await stub.ListCreatives(queue, timeout=5)).creatives]
        yes = pb.ReviewCreativesRequest(
            creative_ids=[good], decision=pb.REVIEW_DECISION_APPROVE, by="ada", why="looks right"
        )
        half = (await stub.ReviewCreatives(yes, timeout=5)).creatives[0]
        assert (half.state != pb.APPROVED, half.life[-1].by) == (True, "ada")
        with pytest.raises(grpc.aio.AioRpcError, match="somebody else than ada"):
            await stub.ReviewCreatives(yes, timeout=5)
        yes.by = "grace"
        assert (await stub.ReviewCreatives(yes, timeout=5)).creatives[0].state == pb.APPROVED
        no = pb.ReviewCreativesRequest(creative_ids=[bad], decision=pb.REVIEW_DECISION_REFUSE, by="ada", why="blurred")
        assert (await stub.ReviewCreatives(no, timeout=5)).creatives[0].life[-1].why == "blurred"
        assert not (await stub.ListCreatives(queue, timeout=5)).creatives
        no.by = "studio"
        with pytest.raises(grpc.aio.AioRpcError, match="by: 'studio'"):
            await stub.ReviewCreatives(no, timeout=5)
