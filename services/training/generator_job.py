"""`adloom train generator`, whole: the GAN, an independent judge, figures, the grid, files that Triton serves."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes

from services.common.whole_file import write_whole
from services.models import manifest
from services.models.export import Provenance, Servable, export
from services.models.generator.audience import AUDIENCE_SIZE
from services.models.generator.network import Generator
from services.models.generator.product_classes import PRODUCT_CLASSES
from services.models.tensors import CREATIVE_GENERATOR, NOISE_SIZE
from services.training import checkpoint, fashion_mnist, picture_figures
from services.training.card import write_card
from services.training.fashion_mnist import ProductPictures
from services.training.grid import draw_grid
from services.training.judge import Judge, new_judge, train_judge
from services.training.recipes import GeneratorRecipe, JudgeRecipe
from services.training.train_generator import GeneratorRun

Show = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done."""

JUDGE = "judge.safetensors"
GRID = "grid.png"
_EACH = 200  # pictures of a class that the judge reads
_REFERENCE_EACH = 2


def train_generator(recipe: GeneratorRecipe, data: Path, home: Path, repository: Path, show: Show) -> manifest.Manifest:
    """Trains, judges and exports the creative generator; an interrupted call goes on where it was.

    `home` keeps checkpoints; the model's folder in `repository` is what changes.
    """
    pictures = fashion_mnist.load("train", data)
    generator = _trained(recipe, pictures, home / "generator.checkpoint", show)
    judge = _judge(JudgeRecipe(), pictures, home / JUDGE, show)
    show("figures", 0.0)
    figures = measure(generator, judge, fashion_mnist.load("test", data))
    folder = manifest.folder_of(CREATIVE_GENERATOR.name, repository=repository)
    facts = export(
        generator,
        Servable(CREATIVE_GENERATOR, _served(generator), reference_inputs()),
        Provenance(
            "Fashion-MNIST (Xiao et al. 2017), 60,000 training pictures from the Debian package dataset-fashion-mnist, "
            "redrawn for random audiences; figures on drawn pictures and on the 10,000 test pictures",
            "adloom train generator",
            {"generator": asdict(recipe), "judge": asdict(JudgeRecipe())},
            figures,
        ),
        folder,
    )
    write_whole(folder.parent / JUDGE, to_bytes(judge.state_dict()))
    draw_grid(generator, folder.parent / GRID, torch.Generator().manual_seed(4))
    write_card(facts, repository)
    show("figures", 1.0)
    return facts


def measure(generator: Generator, judge: Judge, test: ProductPictures) -> dict[str, object]:
    """Every figure of the card."""
    chance = torch.Generator().manual_seed(3)
    drawn = picture_figures.agreement(judge, picture_figures.draw(generator, _EACH, chance))
    real = picture_figures.agreement(judge, picture_figures.real(test, len(test.grey), chance))
    names = list(drawn.by_class)
    axes = list(drawn.audience_correlation)
    return {
        "pictures": drawn.pictures,
        "class_agreement": {
            "value": drawn.right_class,
            "low": drawn.right_class_low,
            "high": drawn.right_class_high,
        },
        "judge_accuracy_on_real_test_pictures": real.right_class,
        "diversity": picture_figures.diversity(generator, test, chance),
        "classes": [{"class": n, "drawn": drawn.by_class[n], "real": real.by_class[n]} for n in names],
        "audience": [
            {"axis": n, "drawn": drawn.audience_correlation[n], "real": real.audience_correlation[n]} for n in axes
        ],
    }


def reference_inputs() -> list[torch.Tensor]:
    """Two pictures of each class, in the order of the contract."""
    chance = torch.Generator().manual_seed(5)
    product_class = torch.arange(len(PRODUCT_CLASSES)).repeat(_REFERENCE_EACH)[:, None]
    noise = torch.randn(len(product_class), NOISE_SIZE, generator=chance)
    audience = torch.rand(len(product_class), AUDIENCE_SIZE, generator=chance) * 2.0 - 1.0
    return [noise, product_class, audience]


def _served(generator: Generator) -> Callable[..., list[torch.Tensor]]:
    return lambda noise, product_class, audience: [generator(noise, product_class[:, 0], audience)]


def _trained(recipe: GeneratorRecipe, pictures: ProductPictures, path: Path, show: Show) -> Generator:
    run = GeneratorRun(recipe, pictures)
    state = checkpoint.load(path, recipe)
    if state is not None:
        run.restore(state)
    for step in run.steps():
        if step.step % recipe.checkpoint_every == 0 or step.step == recipe.steps:
            checkpoint.save(path, recipe, run.state())
        show("generator", step.step / recipe.steps)
    return run.average.eval()


def _judge(recipe: JudgeRecipe, pictures: ProductPictures, path: Path, show: Show) -> Judge:
    judge = new_judge(recipe)
    if path.exists():
        judge.load_state_dict(load_file(path))
        return judge.eval()
    for share in train_judge(judge, recipe, pictures):
        show("judge", share)
    write_whole(path, to_bytes(judge.state_dict()))
    return judge.eval()
