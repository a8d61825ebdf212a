"""Clients in Go, TypeScript, JavaScript and Java, made of the published protos by their own tools, get an ad."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from protos.generate import FOR_CLIENTS
from services.tools.stack.state_dir import ROOT
from tests.integration.clients.conftest import FILES, Workshop, workshop

HERE = Path(__file__).parent


def require_an_ad(answer: str) -> None:
    """What each client prints is an answer with one selection."""
    (selection,) = json.loads(answer)["selections"]
    assert selection["placement_id"] == "front"
    assert selection["creative_id"] and selection["impression_token"]
    assert 0 < selection["propensity"] <= 1


def test_go_compiles_and_gets_an_ad(server: str) -> None:
    go = workshop("go", "go", GOTOOLCHAIN="local", GOFLAGS="-mod=readonly -modcacherw -buildvcs=false", GOWORK="off")
    go.environ.update(GOPATH=str(go.folder / "path"), GOCACHE=str(go.folder / "cache"), GOBIN=str(go.folder / "bin"))
    stubs = go.folder / "adloom"
    stubs.mkdir(exist_ok=True)
    (stubs / "go.mod").write_text("module adloom\n\ngo 1.24.0\n")
    go.fetch("go", "mod", "download")
    go.run("go", "install", "tool")
    go.generate(*(f"--{kind}{end}" for kind in ("go", "go-grpc") for end in ("_out=adloom", "_opt=module=adloom")))
    go.run("go", "build", "-o", "shop", "./...")
    require_an_ad(go.run("./shop", server))


def node() -> Workshop:
    """Node's workshop with the locked packages."""
    found = workshop("node", "node", "npm")
    lock, installed = (found.folder / name for name in ("package-lock.json", "node_modules/installed-lock.json"))
    if not installed.exists() or installed.read_text() != lock.read_text():
        found.fetch("npm", "ci", "--ignore-scripts")
        installed.write_text(lock.read_text())
    return found


def test_typescript_compiles_under_strict_and_gets_an_ad(server: str) -> None:
    typed = node()
    (typed.folder / "gen").mkdir(exist_ok=True)
    typed.generate("--es_out=gen", "--es_opt=target=ts,import_extension=js")
    typed.run("tsc")
    require_an_ad(typed.run("node", "built/select.js", server))


def test_javascript_reads_the_published_file_and_gets_an_ad(server: str) -> None:
    require_an_ad(node().run("node", "select.js", server, str(FOR_CLIENTS)))


@pytest.mark.drills  # Maven fetches for a minute where it never ran
def test_java_compiles_and_gets_an_ad(server: str) -> None:
    java = workshop("java", "java", "javac", "mvn")
    options = ("-q", "-B", f"-Dmaven.repo.local={java.folder / 'repository'}", f"-Ddescriptors={FOR_CLIENTS}")
    java.fetch("mvn", *options, "compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath")
    classes = f"target/classes:{(java.folder / 'classpath').read_text()}"
    require_an_ad(java.run("java", "-cp", classes, "Select", server))


@pytest.mark.parametrize(
    "program", ["go/main.go", "node/select.ts", "node/select.js", "java/src/main/java/Select.java"]
)
def test_readme_shows_what_runs(program: str) -> None:
    shown = re.findall(r"```(?:go|ts|js|java)\n(.*?)```", (ROOT / "protos" / "README.md").read_text(), re.DOTALL)
    runs = [line.strip() for line in (HERE / program).read_text().splitlines()]
    assert any(all(line.strip() in runs for line in text.splitlines()) for text in shown)


def test_every_proto_names_its_go_package() -> None:
    for file in FILES:
        text, (_, area, version, _) = (ROOT / "protos" / file).read_text(), file.split("/")
        assert re.search(rf'^option go_package = "adloom/{area}/{version};{area}{version}";$', text, re.MULTILINE), file


def test_locks_name_no_registry() -> None:
    assert '"resolved"' not in (HERE / "node" / "package-lock.json").read_text()
    assert "registry" not in (HERE / "node" / ".npmrc").read_text().replace("omit-lockfile-registry-resolved", "")
