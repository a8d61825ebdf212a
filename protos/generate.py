"""Generates `protos/gen`, `protos/adloom.binpb` (for clients in other languages) and buf's image from the .proto files.

`--check` writes nothing and fails where what is checked in is stale.

The schema of the field rules comes as a descriptor from the installed protovalidate, so none of it is copied here.
protoc writes imports relative to the proto root; ours must equal paths, so they are rewritten to `protos.gen`.

    python -m protos.generate [--check]
"""

from __future__ import annotations

import argparse
import filecmp
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
from protovalidate._gen.buf.validate import validate_pb

from protos.for_clients import without_rules

ROOT = Path(__file__).resolve().parent
GEN = ROOT / "gen"
FOR_CLIENTS = ROOT / "adloom.binpb"
_RULES = "buf/validate/validate.proto"
_IMPORT = re.compile(r"^from (adloom|buf)((?:\.\w+)*) import", re.MULTILINE)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with what is checked in, write nothing")
    parser.add_argument("--image", type=Path, help="also write a descriptor image, with comments, for buf")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "gen"
        image = options.image or Path(folder) / "image.binpb"
        generate(fresh, Path(folder))
        write_image(image, Path(folder))
        for_clients = without_rules(image.read_bytes())
        if options.check:
            sys.exit(_stale(fresh, for_clients))
        _install(fresh)
        FOR_CLIENTS.write_bytes(for_clients)


def generate(target: Path, scratch: Path) -> None:
    """Writes the Python packages of all our protos into `target`."""
    target.mkdir(parents=True)
    rules = f"--descriptor_set_in={_rules(scratch)}"
    outputs = [f"--{kind}={target}" for kind in ("python_out", "pyi_out")]
    _protoc([rules, *outputs, f"--grpc_python_out={target}", *_ours()])
    _protoc([rules, *outputs, _RULES])
    for stub in target.rglob("*_pb2_grpc.py"):
        if "\nservice " not in (ROOT / _proto_of(stub, target)).read_text():
            stub.unlink()
    for path in target.rglob("*.py*"):
        path.write_text(_IMPORT.sub(r"from protos.gen.\1\2 import", path.read_text()))
    for folder in {target, *(p for p in target.rglob("*") if p.is_dir())}:
        (folder / "__init__.py").touch()


def write_image(path: Path, scratch: Path) -> None:
    """Writes our protos and what they import, with comments, as a descriptor set that `buf` reads."""
    options = ["--include_imports", "--include_source_info", f"--descriptor_set_out={path.resolve()}"]
    _protoc([f"--descriptor_set_in={_rules(scratch)}", *options, *_ours()])


def _proto_of(stub: Path, target: Path) -> str:
    return str(stub.relative_to(target)).replace("_pb2_grpc.py", ".proto")


def _ours() -> list[str]:
    return sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("adloom/**/*.proto"))


def _rules(scratch: Path) -> Path:
    """The descriptor set of the field rules and of what they import."""
    files = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    files.file.add().ParseFromString(validate_pb._DESC.proto.to_binary())
    path = scratch / "rules.binpb"
    path.write_bytes(files.SerializeToString())
    return path


def _protoc(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"protoc: {result.stderr.strip()}")


def _stale(fresh: Path, for_clients: bytes) -> str | int:
    wanted = sorted(p.relative_to(fresh) for p in fresh.rglob("*") if p.is_file())
    present = sorted(p.relative_to(GEN) for p in GEN.rglob("*.py*") if p.suffix in (".py", ".pyi"))
    same = wanted == present and all(filecmp.cmp(fresh / p, GEN / p, shallow=False) for p in wanted)
    same = same and FOR_CLIENTS.is_file() and FOR_CLIENTS.read_bytes() == for_clients
    return 0 if same else "protos/gen or protos/adloom.binpb is stale: run `make protos` and commit what it writes"


def _install(fresh: Path) -> None:
    for old in GEN.rglob("*.py*"):
        old.unlink()
    for path in fresh.rglob("*"):
        if path.is_file():
            target = GEN / path.relative_to(fresh)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
