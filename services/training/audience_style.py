"""Redraws grey product pictures for an audience vector: the meaning of AUDIENCE_AXES, in code."""

import torch
from torch import Tensor
from torch.nn import functional

from services.models.generator.audience import AUDIENCE_SIZE

_ORANGE = (1.0, 0.55, 0.15)
_BLUE = (0.2, 0.5, 1.0)


def random_audience(count: int, generator: torch.Generator) -> Tensor:
    """Uniform audiences (count, 8) in [-1, 1]."""
    return torch.rand(count, AUDIENCE_SIZE, generator=generator) * 2.0 - 1.0


def draw_for_audience(grey: Tensor, audience: Tensor) -> Tensor:
    """Pictures (B, 3, 32, 32) in [0, 1] of grey ones (B, 1, 32, 32), ink on black, each for its audience (B, 8)."""
    warmth, vividness, brightness, contrast, stroke, backdrop, light, closeness = (
        axis[:, None, None, None] for axis in audience.unbind(dim=1)
    )
    ink = _embolden(_zoom(grey, closeness), stroke)  # (B, 1, 32, 32)
    mask = (ink * 4.0).clamp(0.0, 1.0)
    tone = (ink - 0.5) * (1.0 + 0.5 * contrast) + 0.5 + 0.2 * brightness
    slope = torch.linspace(-1.0, 1.0, grey.shape[-1])  # (32,), left to right
    tone = (tone * (1.0 + 0.3 * light * slope)).clamp(0.05, 1.0)
    product = tone * _tint(warmth, vividness)  # (B, 3, 32, 32)
    behind = (0.5 + 0.4 * backdrop).expand_as(product)
    return mask * product + (1.0 - mask) * behind


def _tint(warmth: Tensor, vividness: Tensor) -> Tensor:
    """The colour (B, 3, 1, 1) by which the product's tone is multiplied."""
    orange = torch.tensor(_ORANGE)[None, :, None, None]
    blue = torch.tensor(_BLUE)[None, :, None, None]
    share = 0.5 + 0.5 * warmth
    colour = share * orange + (1.0 - share) * blue
    strength = 0.5 + 0.5 * vividness
    return strength * colour + (1.0 - strength) * 0.85


def _embolden(ink: Tensor, stroke: Tensor) -> Tensor:
    """Dilates (stroke > 0) or erodes (stroke < 0) the ink by up to one pixel."""
    bold = functional.max_pool2d(ink, 3, stride=1, padding=1)
    thin = -functional.max_pool2d(-ink, 3, stride=1, padding=1)
    return ink + stroke.clamp(min=0.0) * (bold - ink) + (-stroke).clamp(min=0.0) * 0.7 * (thin - ink)


def _zoom(grey: Tensor, closeness: Tensor) -> Tensor:
    """Scales the product about the middle: 0.8 of its size at -1, 1.1 at +1."""
    scale = 0.95 + 0.15 * closeness.flatten()  # (B,)
    transform = torch.zeros(len(grey), 2, 3)
    transform[:, 0, 0] = 1.0 / scale
    transform[:, 1, 1] = 1.0 / scale
    grid = functional.affine_grid(transform, list(grey.shape), align_corners=False)
    return functional.grid_sample(grey, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
