"""The example of the SDK's docstring, which is README's too."""

from __future__ import annotations

from textwrap import dedent

import services.sdk


def example() -> str:
    """The program that ends the docstring of `services.sdk`."""
    lines = (services.sdk.__doc__ or "").splitlines()
    words = [number for number, line in enumerate(lines) if line and not line.startswith(" ")]
    return dedent("\n".join(lines[words[-1] + 1 :])).strip() + "\n"
