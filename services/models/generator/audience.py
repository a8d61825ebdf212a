"""What the eight numbers of an audience vector mean to the creative generator.

The generator learns p(image | product class, audience). During training every real product picture is redrawn for its
audience vector (services/training/audience_style.py), so each axis has one visible, deterministic meaning. Every axis
runs over [-1, 1]; 0 means "no preference".
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudienceAxis:
    """One number of the audience vector and what it does to a picture as it goes from -1 to +1."""

    name: str
    low: str
    high: str


AUDIENCE_AXES: tuple[AudienceAxis, ...] = (
    AudienceAxis("warmth", "the product is tinted blue", "the product is tinted orange"),
    AudienceAxis("vividness", "grey, the tint is hardly seen", "the tint is strong"),
    AudienceAxis("brightness", "the product is drawn darker", "the product is drawn lighter"),
    AudienceAxis("contrast", "soft, details are flattened", "hard, details stand out"),
    AudienceAxis("stroke", "thin outlines, small parts shrink", "bold outlines, small parts grow"),
    AudienceAxis("backdrop", "a dark backdrop", "a light backdrop"),
    AudienceAxis("light", "light falls from the left", "light falls from the right"),
    AudienceAxis("closeness", "seen from farther away", "seen close up"),
)
AUDIENCE_SIZE = len(AUDIENCE_AXES)


def audience_vector(wishes: Mapping[str, float]) -> tuple[float, ...]:
    """The audience vector from values by axis name, each clipped to [-1, 1]; axes that are not named are 0.

    >>> audience_vector({"warmth": 0.5, "backdrop": 7.0})
    (0.5, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    """
    names = [axis.name for axis in AUDIENCE_AXES]
    unknown = sorted(set(wishes) - set(names))
    if unknown:
        raise KeyError(f"no audience axis is called {unknown[0]!r}; there are {', '.join(names)}")
    return tuple(max(-1.0, min(1.0, float(wishes.get(name, 0.0)))) for name in names)
