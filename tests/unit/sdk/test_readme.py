"""README's Python example is the one of the SDK's docstring, which a test runs against a whole stack."""

from __future__ import annotations

import re
from pathlib import Path

from tests.sdk_example import example

README = (Path(__file__).resolve().parents[3] / "README.md").read_text()


def test_the_readme_shows_the_example_of_the_docstring() -> None:
    shown = [
        block for block in re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE) if "sdk" in block
    ]
    assert shown == [example()]
    compile(example(), "README.md", "exec")


def test_the_example_imports_nothing_of_ours_but_the_sdk_and_messages() -> None:
    ours = re.findall(r"^(?:from|import) ((?:services|protos)\.\w+)", example(), re.MULTILINE)
    assert set(ours) == {"services.sdk", "protos.gen"}
