"""One feature path (law 5): a server sees an ad that came by Kafka as the training saw it."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative_messages import creative_of, message_of
from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.creative.candidates.entry import facts_of
from services.features.creative_columns import ELEMENTS, ENCODED, NAMED, creative_columns
from services.features.profile import Profile
from services.features.vector import TEXT_ENCODED, RequestFacts, build
from services.models.text_encoder.text_vector import TextVector
from services.policies.replay import replay
from services.simulator.shoppers.columns_of_creatives import columns_of
from services.training.own_log import dense_of
from tests.unit.creative.house import House, page

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
REQUEST = RequestFacts("en-GB", "phone", "product", "", NOON, "new_phone", "product-side", "300x250")


def test_ads_that_came_by_kafka_have_the_columns_that_training_gives_them_and_so_the_same_vectors() -> None:
    catalogue = demo_catalogue()
    ads = demo_creatives(catalogue)[::9]
    served = [creative_of(message_of(ad)) for ad in ads]
    texts = catalogue.terms.vectors([ad.headline for ad in served])
    seen = [facts_of(ad, catalogue.facts.get(ad.product_id), text) for ad, text in zip(served, texts, strict=True)]
    trained, serving = columns_of(ads, catalogue), creative_columns(seen)
    for field in fields(trained):
        assert np.array_equal(getattr(trained, field.name), getattr(serving, field.name)), field.name
    ours, theirs = (build(Profile(), REQUEST, columns, NOON) for columns in (serving, trained))
    assert np.array_equal(ours.dense, theirs.dense)
    assert np.array_equal(ours.categories, theirs.categories)


def test_every_element_that_features_name_is_recorded_on_the_ads_that_are_made() -> None:
    columns = columns_of(demo_creatives(demo_catalogue()), demo_catalogue())
    kinds = [len(np.unique(column)) for column in columns.categories.T[NAMED - len(ELEMENTS) :]]
    assert min(kinds) > 1, dict(zip(ELEMENTS, kinds, strict=True))


@pytest.mark.asyncio
async def test_a_text_vector_is_recorded_as_training_reads_it_and_one_of_another_encoder_counts_as_missing(
    house: House,
) -> None:
    house.text_encoder = "e/1"
    ads = [ad for ad in demo_creatives(demo_catalogue()) if ad.product_id == "boot-chelsea" and ad.format == "300x250"]
    texts = np.linalg.qr(np.random.default_rng(0).standard_normal((ENCODED, ENCODED)))[0]
    encoders = ["e/1", "e/1", "e/2", ""]
    said = {
        ad.creative_id: TextVector.of(encoder, row) if encoder else None
        for ad, encoder, row in zip(ads, encoders, texts, strict=False)
    }
    house.assets.creatives.put([replace(ad, text_vector=said[ad.creative_id]) for ad in ads])
    placements = [pb.Placement(placement_id="top", format="300x250", count=len(ads))]
    async with house.asked() as stub:
        await stub.SelectCreatives(page(product_ids=["boot-chelsea"], placements=placements), timeout=5)
    records = house.records()
    assert {record.creative_id for record in records} == said.keys()
    for record in records:
        vector = said[record.creative_id]
        counts = vector is not None and vector.encoder == "e/1"
        wanted = [1.0, *vector.numbers()] if counts and vector else [0.0] * (1 + ENCODED)
        assert record.features[TEXT_ENCODED:] == pytest.approx(wanted, abs=0)
        assert (record.text_encoder, replay(record).same) == ("e/1" if counts else "", True)
        assert dense_of(record, "e/1").tolist() == list(record.features)
        assert not dense_of(record, "e/2")[TEXT_ENCODED:].any()
