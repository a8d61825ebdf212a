"""Where the files of one stack are, and those that all stacks of a checkout share."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[3]
LONGEST = 400  # bytes of the folder's path: SQLite opens no file whose path has more than 512
PARTS = ROOT / ".adloom" / "parts"  # jars and back ends: installed once, shared by every stack of this checkout


@dataclass(frozen=True, slots=True)
class StateDir:
    """The folder that holds all state of one stack.

    >>> StateDir(Path("/srv/shop")).log("kafka").as_posix()
    '/srv/shop/logs/kafka.log'
    """

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def ports(self) -> Path:
        """The ports of its endpoints, by name, as JSON."""
        return self.run / "ports.json"

    @property
    def state(self) -> Path:
        """The facts that the supervisor last wrote, as JSON."""
        return self.run / "stack.json"

    @property
    def assets(self) -> Path:
        return self.folder / "data" / "assets"

    @property
    def token(self) -> str:
        """Marks every process of this stack in its environment, so that none can be overlooked."""
        return hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12]

    @property
    def shm_prefix(self) -> str:
        """What the names of this stack's shared-memory regions begin with."""
        return f"adloom-{self.token}-"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def data(self, name: str) -> Path:
        return self.folder / "data" / name

    def make(self) -> StateDir:
        """Create the folders; secrets are for their owner only. Raises `Misconfigured` where that fails."""
        try:
            for folder in (self.logs, self.run, self.folder / "data"):
                folder.mkdir(parents=True, exist_ok=True)
            self.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            text = f"ADLOOM_HOME: {self.folder} where a folder to write to was expected: {error.strerror}."
            raise Misconfigured(text) from error
        return self


def state_dir_of(environ: Mapping[str, str] = os.environ) -> StateDir:
    """The state directory that `ADLOOM_HOME` names, else `.adloom` of this checkout.

    >>> state_dir_of({"ADLOOM_HOME": "/srv/shop"}).folder.as_posix()
    '/srv/shop'
    """
    named = environ.get("ADLOOM_HOME") or ROOT / ".adloom"
    try:
        folder = Path(named).absolute()
    except FileNotFoundError as exc:
        text = f"ADLOOM_HOME: {named} where an absolute path was expected: the working directory was deleted."
        raise Misconfigured(text) from exc
    if (length := len(os.fsencode(folder))) > LONGEST:
        raise Misconfigured(f"ADLOOM_HOME: a path of {length} bytes where at most {LONGEST} were expected: {folder}")
    return StateDir(folder)
