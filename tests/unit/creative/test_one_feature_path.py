"""One feature path (law 5): a server sees an ad that came by Kafka as the training saw it."""

from dataclasses import fields
from datetime import UTC, datetime

import numpy as np

from services.assets.creative_messages import creative_of, message_of
from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.creative.candidates.entry import facts_of
from services.features.creative_columns import ELEMENTS, NAMED, creative_columns
from services.features.profile import Profile
from services.features.vector import RequestFacts, build
from services.simulator.shoppers.columns_of_creatives import columns_of

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
