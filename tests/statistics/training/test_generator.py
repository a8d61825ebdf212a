"""The checked-in generator draws the requested conditions, according to an independent judge."""

import pytest
import torch
from safetensors.torch import load_file

from services.models import manifest, weights
from services.models.generator.network import Generator
from services.training import fashion_mnist, picture_figures
from services.training.generator_job import JUDGE
from services.training.judge import Judge
from services.training.picture_figures import Agreement

FOLDER = manifest.folder_of("creative_generator")
needs_pictures = pytest.mark.skipif(
    not fashion_mnist.DEFAULT_FOLDER.exists(), reason="Fashion-MNIST is not installed (dataset-fashion-mnist)"
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    trained = Judge()
    trained.load_state_dict(load_file(FOLDER.parent / JUDGE))
    return trained.eval()


@pytest.fixture(scope="module")
def generator() -> Generator:
    served = Generator()
    weights.load_into(served, FOLDER)
    return served


@pytest.fixture(scope="module")
def drawn(judge: Judge, generator: Generator) -> Agreement:
    """Pictures of noise, classes and audiences that no figure of the card was measured on."""
    shown = picture_figures.draw(generator, 100, torch.Generator().manual_seed(77))
    return picture_figures.agreement(judge, shown)


def test_four_of_five_pictures_show_the_requested_class(drawn: Agreement) -> None:
    assert drawn.pictures == 1000
    assert drawn.right_class_low >= 0.8, drawn


def test_every_class_is_drawn_recognisably(drawn: Agreement) -> None:
    assert min(drawn.by_class.values()) > 0.4, drawn.by_class


def test_every_axis_of_the_audience_is_seen_in_the_pictures(drawn: Agreement) -> None:
    assert min(drawn.audience_correlation.values()) > 0.4, drawn.audience_correlation


def test_pictures_that_ignore_the_condition_do_not_agree(judge: Judge, generator: Generator) -> None:
    chance = torch.Generator().manual_seed(78)
    shown = picture_figures.draw(generator, 50, chance)
    shuffled = picture_figures.Conditioned(
        shown.image[torch.randperm(len(shown.image), generator=chance)], shown.product_class, shown.audience
    )
    assert picture_figures.agreement(judge, shuffled).right_class < 0.2


def test_agreement_on_the_card_is_reproduced(drawn: Agreement) -> None:
    card = manifest.read(FOLDER).metrics["class_agreement"]
    assert isinstance(card, dict)
    assert drawn.right_class_low <= card["high"]
    assert drawn.right_class_high >= card["low"]


@needs_pictures
def test_judge_reads_real_pictures_that_it_never_saw(judge: Judge) -> None:
    test = fashion_mnist.load("test")
    real = picture_figures.real(test, 2000, torch.Generator().manual_seed(1))
    assert picture_figures.agreement(judge, real).right_class_low > 0.86


@needs_pictures
def test_pictures_of_one_condition_differ(generator: Generator) -> None:
    test = fashion_mnist.load("test")
    assert picture_figures.diversity(generator, test, torch.Generator().manual_seed(2)) > 0.4
