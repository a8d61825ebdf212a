import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.bench import BENCHMARKS, LONG, chosen
from services.cli.main import build
from services.common.errors import Misconfigured
from services.tools.bench.figures import Figure
from services.tools.bench.memory import fit
from services.tools.bench.sizes import Sizes, on_disk


@pytest.mark.parametrize("names", [["no-such-benchmark"], ["stream", "no-such-benchmark"]])
def test_an_unknown_benchmark_is_refused_with_the_names_of_all_before_any_runs(names: list[str]) -> None:
    asked = CliRunner().invoke(build(), ["bench", *names, "--json"])
    assert isinstance(asked.exception, Misconfigured)
    assert all(name in str(asked.exception) for name in BENCHMARKS)
    assert set(LONG) < set(BENCHMARKS)


def test_several_benchmarks_run_once_each_in_the_order_of_their_names() -> None:
    assert chosen(["decisions", "stream", "decisions"]) == ["decisions", "stream"]
    assert chosen([]) == [name for name in BENCHMARKS if name not in LONG]


def test_a_figure_has_the_keys_that_outsiders_read() -> None:
    line = json.loads(Figure("decision_p50_64", 3.0, "ms", "bare Triton call", 2.0).line())
    assert line == {
        "name": "decision_p50_64", "value": 3.0, "unit": "ms", "reference": "bare Triton call = 2", "ratio": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_the_slopes_interval_holds_the_true_slope_though_memory_grows_in_steps(seed: int) -> None:
    chance, level, values = random.Random(seed), 0.0, []
    for number in range(300):
        level = 0.9 * level + chance.gauss(0, 1)  # neighbours are alike
        values.append(100 + 0.02 * number + level)
    line = fit(range(300), values)
    assert line.low < 0.02 < line.high
    assert 0 < line.high - line.low < 0.2


def test_a_memory_leak_is_detected() -> None:
    chance = random.Random(1)
    line = fit(range(300), [100 + number // 10 + chance.random() for number in range(300)])
    assert 0.09 < line.low < line.slope < line.high < 0.11


def test_bytes_per_user_exclude_those_of_an_empty_stack(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(10_000))
    taken = on_disk(tmp_path)
    assert taken >= 10_000
    full, empty = Sizes(2_000, taken + 400, 700, 90), Sizes(1_000, taken, 100, 10)
    assert full.per_user(empty, 4) == Sizes(250, 100, 150, 20)
