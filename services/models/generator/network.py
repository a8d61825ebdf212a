"""The creative generator: noise, a product class and an audience vector become a small colour picture.

Deconvolutions from 4 x 4 to 32 x 32; each but the last is followed by a group norm whose gain and shift are chosen by
the condition (FiLM, Perez et al. 2018), so that a picture never depends on the other pictures of its batch. The product
is painted with an opacity over a plain backdrop, because a deconvolution alone leaves a pattern of squares on what
should be one colour.
"""

import torch
from torch import Tensor, nn

from services.models.generator.audience import AUDIENCE_SIZE
from services.models.generator.product_classes import PRODUCT_CLASSES
from services.models.tensors import NOISE_SIZE

_CONDITION = 64
_GROUPS = 8


class ConditionalUpsample(nn.Module):
    """Doubles height and width; the condition scales and shifts every channel."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.deconvolution = nn.ConvTranspose2d(channels_in, channels_out, 4, stride=2, padding=1, bias=False)
        self.norm = nn.GroupNorm(_GROUPS, channels_out, affine=False)
        self.film = nn.Linear(_CONDITION, 2 * channels_out)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        x = self.norm(self.deconvolution(x))  # (B, C, 2S, 2S)
        gain, shift = self.film(condition)[:, :, None, None].chunk(2, dim=1)  # each (B, C, 1, 1)
        return torch.relu(x * (1.0 + gain) + shift)


class Generator(nn.Module):
    """Draws pictures (B, 3, 32, 32) in [0, 1] from noise (B, 64), product_class (B,) and audience (B, 8)."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.class_embedding = nn.Embedding(len(PRODUCT_CLASSES), 32)
        self.condition = nn.Linear(32 + AUDIENCE_SIZE, _CONDITION)
        self.seed = nn.Linear(NOISE_SIZE + _CONDITION, 3 * width * 4 * 4)
        self.upsamples = nn.ModuleList(
            [ConditionalUpsample(3 * width, 2 * width), ConditionalUpsample(2 * width, width)]
        )
        self.refine = nn.Conv2d(width, width, kernel_size=3, padding=1)
        self.paint = nn.ConvTranspose2d(width, 4, kernel_size=4, stride=2, padding=1)
        self.backdrop = nn.Linear(_CONDITION, 3)

    def forward(self, noise: Tensor, product_class: Tensor, audience: Tensor) -> Tensor:
        condition = torch.cat([self.class_embedding(product_class), audience], dim=1)
        condition = torch.relu(self.condition(condition))  # (B, 64)
        x: Tensor = torch.relu(self.seed(torch.cat([noise, condition], dim=1)))
        x = x.view(len(x), -1, 4, 4)  # (B, 3W, 4, 4)
        for upsample in self.upsamples:
            x = upsample(x, condition)  # (B, 2W, 8, 8), then (B, W, 16, 16)
        x = x + torch.relu(self.refine(x))
        painted = torch.sigmoid(self.paint(x))  # (B, 4, 32, 32)
        product, opacity = painted[:, :3], painted[:, 3:]
        behind = torch.sigmoid(self.backdrop(condition))[:, :, None, None]  # (B, 3, 1, 1)
        return opacity * product + (1.0 - opacity) * behind  # (B, 3, 32, 32)
