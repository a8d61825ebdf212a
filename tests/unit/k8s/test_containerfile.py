"""The Containerfile, which no test can build, refers only to existing files, extras and modules."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
import yaml

from services.tools.checks.k8s_settings import source_of
from services.tools.checks.k8s_whole import PROCESSES
from services.tools.stack.locked_subset import subset
from services.tools.stack.state_dir import ROOT

FINAL = ("serving", "training", "triton")
NO_HOST = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*:[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the build: what it stands on and its instructions."""

    base: str
    name: str
    steps: tuple[tuple[str, str], ...]

    def all(self, word: str) -> list[str]:
        return [rest for step, rest in self.steps if step == word]


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in pairs]


def stages() -> list[Stage]:
    found: list[Stage] = []
    for word, rest in instructions():
        if word == "FROM":
            base, name = rest.split(" AS ")
            found.append(Stage(base, name, ()))
        elif found:
            last = found.pop()
            found.append(Stage(last.base, last.name, (*last.steps, (word, rest))))
    return found


def arguments() -> dict[str, str]:
    return dict(rest.split("=", 1) for word, rest in instructions() if word == "ARG")


def copies() -> list[tuple[Stage, str, list[str]]]:
    """Stage, the stage copied from ("" for the checkout), and the sources."""
    found = []
    for stage in stages():
        for rest in stage.all("COPY"):
            words = rest.split()
            source = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else ""
            found.append((stage, source, words[:-1]))
    return found


def test_the_images_are_those_that_the_header_promises_and_serving_is_the_default() -> None:
    names = [stage.name for stage in stages()]
    assert set(FINAL) <= set(names)
    assert names[-1] == "serving"
    assert len(set(names)) == len(names)


def test_every_instruction_is_one_that_builders_know() -> None:
    assert {word for word, _ in instructions()} <= {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER"}


def test_bases_are_versions_without_a_host_or_earlier_stages() -> None:
    known: set[str] = {f"${{{name}}}" for name in arguments()}
    for stage in stages():
        assert stage.base in known
        known.add(stage.name)
    for image in arguments().values():
        assert NO_HOST.fullmatch(image), image
        assert not image.endswith(":latest")


def test_what_is_copied_is_in_the_checkout_or_made_by_an_earlier_stage() -> None:
    earlier: set[str] = set()
    for stage, source, paths in copies():
        earlier |= {before.name for before in stages()[: stages().index(stage)]}
        if source:
            assert source in earlier
        else:
            assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_ignore_file_lets_in_what_is_copied_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".containerignore").read_text().splitlines() if line and line[0] != "#"]
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = {path.split("/")[0] for _, source, paths in copies() if not source for path in paths}
    assert lines[0] == "*"
    assert allowed == copied


@pytest.mark.parametrize("name", FINAL)
def test_an_image_runs_as_the_user_of_the_manifests(name: str) -> None:
    (stage,) = (stage for stage in stages() if stage.name == name)
    assert stage.steps[-1] == ("USER", "10001:10001")


def test_packages_come_from_the_lock_only_with_hashes() -> None:
    installs = [rest for stage in stages() for rest in stage.all("RUN") if "pip install" in rest]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install
        assert "--no-deps" in install
        assert "index" not in install


def test_the_parts_of_the_lock_are_those_of_extras_that_exist() -> None:
    (made,) = (rest for stage in stages() if stage.name == "locks" for rest in stage.all("RUN"))
    parts = dict(re.findall(r"--root \. ([a-z0-9 ]+) > (\w+)\.txt", made))
    by_file = {file: extras.split() for extras, file in parts.items()}
    assert set(by_file) == {"serving", "training", "models"}
    torch = {file: any(pin.name == "torch" for pin in subset(extras)) for file, extras in by_file.items()}
    assert torch == {"serving": False, "training": True, "models": True}
    read = {word for stage in stages() for _, rest in stage.steps for word in re.findall(r"/locks/(\w+)\.txt", rest)}
    assert read == set(by_file)


@pytest.mark.parametrize("name", ["serving", "triton"])
def test_no_serving_image_holds_tools_that_attack_or_simulate(name: str) -> None:
    by_name = {stage.name: stage for stage in stages()}
    (removed,) = (rest for rest in by_name["serving-sources"].all("RUN") if rest.startswith("rm -r "))
    assert {f"services/{room}" for room in ("cli", "simulator", "tools", "training")} == set(removed.split()[2:])
    copied = [(source, path) for stage, source, paths in copies() if stage.name == name for path in paths]
    assert not [path for source, path in copied if source in ("", "sources") and path.startswith("services")]
    assert [path for source, path in copied if source == "serving-sources"]


def test_what_serves_runs_without_the_rooms_that_no_image_holds() -> None:
    program = (
        "import sys; sys.modules.update({f'services.{r}': None for r in ('cli', 'simulator', 'tools', 'training')})"
    )
    imports = "; ".join(f"import {module}" for module in [*PROCESSES.values(), "services.models.verify"])
    done = subprocess.run([sys.executable, "-c", f"{program}; {imports}"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_every_process_of_the_image_is_a_module_of_the_checkout() -> None:
    assert [module for module in PROCESSES.values() if source_of(module) is None] == []


def test_the_manifests_run_the_images_that_are_built() -> None:
    chosen = yaml.safe_load((ROOT / "k8s" / "base" / "kustomization.yaml").read_text())["images"]
    header = (ROOT / "Containerfile").read_text().split("ARG ", 1)[0]
    for image in chosen:
        assert f"-t {image['newName']}:{image['newTag']} " in header


def test_the_production_triton_is_newer_than_the_local_one() -> None:
    # 2.51, which the local stack runs, is release 24.10; the fixes of 2026-05 came with 26.05.
    release = tuple(int(part) for part in re.findall(r"\d+", arguments()["TRITON"])[:2])
    assert release >= (26, 6)
