"""Load from ghz, an independent generator written in Go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.tools.drills.overload.load import METHOD, Load, load_of
from services.tools.stack.state_dir import PARTS

VERSION: Final = "v0.120.0"
_STATUS: Final = {
    "OK": "OK",
    "ResourceExhausted": "RESOURCE_EXHAUSTED",
    "DeadlineExceeded": "DEADLINE_EXCEEDED",
    "Unavailable": "UNAVAILABLE",
    "Canceled": "CANCELLED",
}
_USER: Final = "%s-{{.RequestNumber}}"
_WORKERS: Final = 400  # most concurrent calls; a call that waits for a worker is late already
_CONNECTIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Ghz:
    """See `load.Generator`."""

    program: str
    protoset: Path
    deadline_s: float
    placements: int
    name: str = "ghz"

    def closed(self, address: str, callers: int, seconds: float) -> Load:
        """See `load.Generator`."""
        return self._run(
            address, f"--concurrency={callers}", f"--connections={min(callers, _CONNECTIONS)}", f"--duration={seconds}s"
        )

    def open(self, address: str, per_s: float, seconds: float) -> Load:
        """See `load.Generator`."""
        many = (f"--concurrency={_WORKERS}", f"--connections={_CONNECTIONS}", f"--duration={seconds}s")
        return self._run(address, *many, "--async", f"--rps={round(per_s)}")

    def _data(self) -> str:
        placements = [{"placement_id": f"p{number}", "format": "300x250"} for number in range(self.placements)]
        return json.dumps({"user_id": _USER % os.urandom(4).hex(), "placements": placements})

    def _run(self, address: str, *how: str) -> Load:
        command = [
            *(self.program, "--insecure", "--protoset", str(self.protoset), "--call", METHOD[1:], "-O", "json"),
            *("-d", self._data(), f"--timeout={self.deadline_s}s", "--duration-stop=wait"),
            *(*how, address),
        ]
        done = subprocess.run(command, capture_output=True, check=True, timeout=180)
        found = json.loads(done.stdout)
        calls = [(_STATUS.get(c["status"], c["status"]), c["latency"] / 1e6) for c in found["details"]]
        return load_of(found["total"] / 1e9, calls)


def find_ghz(folder: Path, deadline_s: float, placements: int, build: bool) -> Ghz | None:
    """ghz where it is installed, or built by Go where `build` allows it; otherwise None."""
    program = shutil.which("ghz") or shutil.which("ghz", path=str(PARTS / "go-bin"))
    if program is None and build and shutil.which("go"):
        target = PARTS / "go-bin"
        package = f"github.com/bojand/ghz/cmd/ghz@{VERSION}"
        done = subprocess.run(
            ["go", "install", package], env={**os.environ, "GOBIN": str(target)}, capture_output=True, check=False
        )
        program = str(target / "ghz") if done.returncode == 0 else None
    return None if program is None else Ghz(program, _protoset(folder / "creative.protoset"), deadline_s, placements)


def _protoset(path: Path) -> Path:
    """Writes the service's descriptors with all their imports, for a client without our generated code."""
    files = descriptor_pb2.FileDescriptorSet()
    seen: set[str] = set()

    def add(file: FileDescriptor) -> None:
        if file.name not in seen:
            seen.add(file.name)
            for needed in file.dependencies:
                add(needed)
            file.CopyToProto(files.file.add())  # type: ignore[no-untyped-call]

    add(pb.DESCRIPTOR)
    path.write_bytes(files.SerializeToString())
    return path
