"""Each axis of the audience vector has the one visible meaning that its table gives it."""

import torch
from torch import Tensor

from services.models.generator.audience import AUDIENCE_AXES, audience_vector
from services.training.audience_style import draw_for_audience, random_audience

SQUARE = torch.zeros(1, 1, 32, 32)
SQUARE[:, :, 8:24, 8:24] = 0.6
SHADED = SQUARE.clone()
SHADED[:, :, 8:16, 8:24] = 0.4


def drawn(grey: Tensor = SQUARE, **wishes: float) -> Tensor:
    return draw_for_audience(grey, torch.tensor([audience_vector(wishes)]))[0]  # (3, 32, 32)


def product(picture: Tensor) -> Tensor:
    return picture[:, 12:20, 12:20]


def inked(picture: Tensor) -> int:
    """Pixels that are not the backdrop of the corner."""
    return int(((picture - picture[:, :1, :1]).abs().sum(dim=0) > 0.02).sum())


def test_warmth_goes_from_blue_to_orange() -> None:
    cold, warm = (product(drawn(warmth=warmth, vividness=1.0)).mean(dim=(1, 2)) for warmth in (-1.0, 1.0))
    assert cold[2] > cold[0] + 0.2
    assert warm[0] > warm[2] + 0.2


def test_without_vividness_the_product_is_grey() -> None:
    picture = product(drawn(warmth=1.0, vividness=-1.0))
    assert (picture.amax(dim=0) - picture.amin(dim=0)).max() < 1e-6


def test_brightness_lightens_the_product_and_not_the_backdrop() -> None:
    dark, light = drawn(brightness=-1.0), drawn(brightness=1.0)
    assert product(light).mean() > product(dark).mean() + 0.2
    assert torch.equal(dark[:, 0, 0], light[:, 0, 0])


def test_contrast_makes_details_stand_out() -> None:
    soft, hard = (drawn(SHADED, contrast=contrast) for contrast in (-1.0, 1.0))
    assert product(hard).std() > 1.5 * product(soft).std()


def test_stroke_makes_the_product_bolder() -> None:
    thin, plain, bold = (drawn(stroke=stroke, backdrop=-1.0).mean() for stroke in (-1.0, 0.0, 1.0))
    assert thin < 0.98 * plain < 0.96 * bold  # the product is lighter than this backdrop


def test_backdrop_goes_from_dark_to_light() -> None:
    assert drawn(backdrop=-1.0)[:, 0, 0].max() < 0.15
    assert drawn(backdrop=1.0)[:, 0, 0].min() > 0.85


def test_light_falls_from_the_named_side() -> None:
    left, right = drawn(light=-1.0), drawn(light=1.0)
    assert left[:, 16, 10].mean() > left[:, 16, 21].mean()
    assert right[:, 16, 10].mean() < right[:, 16, 21].mean()


def test_closeness_makes_the_product_larger() -> None:
    assert inked(drawn(closeness=-1.0)) < inked(drawn()) < inked(drawn(closeness=1.0))


def test_pictures_stay_within_their_range() -> None:
    chance = torch.Generator().manual_seed(0)
    grey = torch.rand(64, 1, 32, 32, generator=chance)
    picture = draw_for_audience(grey, random_audience(64, chance))
    assert picture.shape == (64, 3, 32, 32)
    assert picture.min() >= 0.0
    assert picture.max() <= 1.0


def test_every_axis_is_tested_here() -> None:
    names = {axis.name for axis in AUDIENCE_AXES}
    tests = " ".join(name for name in globals() if name.startswith("test_"))
    assert {name for name in names if name in tests} == names
