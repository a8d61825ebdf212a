"""Training and test sets share no shopper, and blinded rows have no features of the shopper."""

import torch

from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.training.click_rows import SHOPPER_FEATURES, ClickRows, blinded, folds_by_shopper, split_by_shopper


def rows(count: int = 900) -> ClickRows:
    chance = torch.Generator().manual_seed(0)
    categories = [torch.randint(1, category.size, (count,), generator=chance) for category in CATEGORIES]
    return ClickRows(
        torch.rand(count, len(DENSE_FEATURES), generator=chance) + 1.0,
        torch.stack(categories, dim=1),
        torch.rand(count, generator=chance).round(),
        torch.arange(count) % 60,
        torch.rand(count, generator=chance).double(),
    )


def test_no_shopper_is_in_two_sets() -> None:
    split = split_by_shopper(rows(), 0.3, seed=1)
    train, test = (set(part.shopper.tolist()) for part in (split.train, split.test))
    assert not train & test
    assert (len(train), len(test)) == (42, 18)
    assert len(split.train) + len(split.test) == 900


def test_no_shopper_is_in_two_folds() -> None:
    fold = folds_by_shopper(rows(), 3, seed=1)
    shoppers = [set(rows().shopper[fold == at].tolist()) for at in range(3)]
    assert [len(part) for part in shoppers] == [20, 20, 20]
    assert len(set.union(*shoppers)) == 60


def test_split_repeats_by_its_seed() -> None:
    one, again, other = (split_by_shopper(rows(), 0.3, seed=seed).test.shopper for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert set(one.tolist()) != set(other.tolist())


def test_blinded_rows_have_no_shopper_features_and_keep_the_rest() -> None:
    seen, blind = rows(), blinded(rows())
    hidden = [name in SHOPPER_FEATURES for name in DENSE_FEATURES]
    for at, name in enumerate(DENSE_FEATURES):
        assert torch.equal(blind.dense[:, at], torch.zeros(len(seen)) if hidden[at] else seen.dense[:, at]), name
    for at, category in enumerate(CATEGORIES):
        assert bool((blind.categories[:, at] == 0).all()) == (category.name == "segment"), category.name


def test_shopper_features_are_the_listed_ones() -> None:
    """A new feature must be judged: does it tell who asks?"""
    request = {"hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "searching", "log_age_hours"}
    kept = set(DENSE_FEATURES) - set(SHOPPER_FEATURES)
    of_creative = {name for name in kept if name.startswith(("product_", "text_", "encoded_"))} | {
        "price_rank",
        "price_level",
        "price_known",
        "ai_generated",
        "house",
    }
    of_device = {name for name in kept if name.startswith("device_")}
    assert kept == request | of_creative | of_device
