"""A generated creative enters the library, waits for approval, and is then served; its decision can be replayed."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import grpc
import pytest
from PIL import Image

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from tests.e2e.conftest import Outside
from tests.waiting import wait_for


def selections(stub: Any, product: str) -> list[pb.Selection]:
    """All that can be shown of one product, by an answer longer than what there is of it."""
    place = pb.Placement(placement_id="front", format="300x250", count=32)
    request = pb.SelectCreativesRequest(user_id="alice", placements=[place], product_ids=[product], inline_images=True)
    return list(stub.SelectCreatives(request, timeout=2).selections)


@pytest.mark.timeout(180)
def test_a_generated_creative_is_served_once_it_is_approved(outside: Outside) -> None:
    with grpc.insecure_channel(outside.running.creative) as channel:
        stub: Any = CreativeServiceStub(channel)
        product = "tee-breton"  # of a class that the generator draws
        request = pb.GenerateCreativesRequest(
            product_id=product, format="300x250", count=2, seed=uuid.uuid4().int >> 80
        )
        made = [g.creative for g in stub.GenerateCreatives(request, timeout=30).creatives]
        assert all(c.ai_generated and c.made_by.startswith("creative_generator") and not c.approved_by for c in made)
        assert not {s.creative_id for s in selections(stub, product)} & {c.creative_id for c in made}

        outside.adloom("approve", made[0].creative_id, "--by", "a test")
        shown = wait_for(
            "the approved creative",
            lambda: [s for s in selections(stub, product) if s.creative_id == made[0].creative_id],
        )[0]
        assert made[1].creative_id not in {s.creative_id for s in selections(stub, product)}
    assert shown.ai_generated
    picture = Image.open(io.BytesIO(shown.image.png))
    assert picture.size == (300, 250)
    assert len(picture.convert("RGB").getcolors(300 * 250) or []) > 100  # a picture, not a plain card

    again = json.loads(
        wait_for("its record", lambda: outside.adloom("replay-decision", shown.impression_id, "--json", check=False))
    )
    assert again == {"same": True, "creative_id": shown.creative_id, "propensity": shown.propensity}
