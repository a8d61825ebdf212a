"""A training run is one small frozen record; recipe and data decide the weights, up to the order of float sums."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GeneratorRecipe:
    """How the creative generator is trained."""

    seed: int = 20
    steps: int = 8000  # of the generator
    batch: int = 64
    critic_steps: int = 2  # for each step of the generator
    learning_rate: float = 2e-4  # falls linearly to a tenth over the last half
    betas: tuple[float, float] = (0.0, 0.9)
    gradient_penalty: float = 10.0
    penalised_share: float = 0.5  # of each batch; the penalty is half of a critic step's cost
    class_weight: float = 1.0
    audience_weight: float = 2.0
    average_decay: float = 0.999  # of the exponential average of the weights, which is what is exported
    checkpoint_every: int = 100
