"""Secrets are files of mode 0600, made on first run; in Kubernetes the folder is mounted.

`pseudonym.json`: `{"key_id": 1, "secret": HEX}`; `tokens.json`: `{"signing": "1", "secrets": {"1": HEX}}`, after
`adloom rotate-keys` also `"next": "2", "next_from_ms": MS` (from then on it signs) and `"stopped_ms": {"1": MS}`.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from services.common.errors import Misconfigured
from services.common.key_rotation import rotated
from services.common.pseudonym import PseudonymKey
from services.common.token import TokenKeys

Parsed = TypeVar("Parsed")
TOKENS = "tokens.json"
_SECRET_BYTES = 32
_LEAST_SECRET_BYTES = 16  # below this a secret can be guessed; an empty one would make every hash public
_KEY_IDS = range(1, 10_000)


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of a deployment; never printed."""

    pseudonym_key: PseudonymKey
    token_keys: TokenKeys
    seed_key: bytes = field(repr=False)  # derives decision seeds, so that callers cannot foresee a draw


def load_or_make(folder: Path) -> Secrets:
    """The secrets in `folder`, made there where they are missing; raises `Misconfigured` for a broken file."""
    return Secrets(load_pseudonym_key(folder), load_token_keys(folder), load_seed_key(folder))


def load_pseudonym_key(folder: Path) -> PseudonymKey:
    """The key alone, for processes that need no other; raises `Misconfigured`."""
    return _load(folder / "pseudonym.json", lambda: {"key_id": 1, "secret": _fresh()}, _pseudonym_key)


def load_token_keys(folder: Path) -> TokenKeys:
    """The token keys in the file now; a process calls it again to follow a rotation without a restart."""
    return _load(folder / TOKENS, lambda: {"signing": "1", "secrets": {"1": _fresh()}}, _token_keys)


def rotate_token_keys(folder: Path, from_ms: int, now_ms: int) -> TokenKeys:
    """A new key signs from `from_ms` on, the old ones verify until their tokens expire; raises `Misconfigured`."""
    load_token_keys(folder)  # creates a missing file, and raises for a broken one
    path = folder / TOKENS
    try:
        content = rotated(json.loads(path.read_text()), _fresh(), from_ms, now_ms)
        _draft(path, content).replace(path)
    except OSError as exc:
        raise Misconfigured(f"the secret {path} cannot be written: {exc.strerror}") from exc
    return load_token_keys(folder)


def load_seed_key(folder: Path) -> bytes:
    """The key of the decisions' seeds alone; raises `Misconfigured`."""
    return _load(folder / "seeds.json", lambda: {"secret": _fresh()}, lambda content: _secret(content["secret"]))


def _pseudonym_key(content: dict[str, Any]) -> PseudonymKey:
    key_id = content["key_id"]
    if key_id not in _KEY_IDS:
        raise ValueError(f"key_id {key_id!r} where 1 to {_KEY_IDS[-1]} was expected")
    return PseudonymKey(int(key_id), _secret(content["secret"]))


def _token_keys(content: dict[str, Any]) -> TokenKeys:
    keys = {key_id: _secret(secret) for key_id, secret in dict(content["secrets"]).items()}
    if content["signing"] not in keys:
        raise ValueError(f"signing names key {content['signing']!r} where one of {sorted(keys)} was expected")
    following = content.get("next", "")
    if not following:
        return TokenKeys(content["signing"], keys)
    if following not in keys:
        raise ValueError(f"next names key {following!r} where one of {sorted(keys)} was expected")
    return TokenKeys(content["signing"], keys, following, int(content["next_from_ms"]))


def _secret(text: str) -> bytes:
    secret = bytes.fromhex(text)
    if len(secret) < _LEAST_SECRET_BYTES:
        raise ValueError(f"a secret of {len(secret)} bytes where at least {_LEAST_SECRET_BYTES} were expected")
    return secret


def _load(path: Path, default: Callable[[], dict[str, Any]], parse: Callable[[dict[str, Any]], Parsed]) -> Parsed:
    """Parses the file, and creates it first where it is missing; each error is one sentence that names the file."""
    try:
        if not path.exists():
            _make(path, default())
        return parse(json.loads(path.read_text()))
    except OSError as exc:
        raise Misconfigured(f"the secret {path} cannot be read or made: {exc.strerror}") from exc
    except (KeyError, TypeError, ValueError) as exc:
        raise Misconfigured(f"{path} is not in its format ({exc!r}); see services/common/secrets.py") from exc


def _fresh() -> str:
    return secrets.token_hex(_SECRET_BYTES)


def _make(path: Path, content: dict[str, Any]) -> None:
    """Creates the whole file; where several processes try at once, one succeeds and all read its file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, content)
    try:
        os.link(draft, path)  # fails where another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(path: Path, content: dict[str, Any]) -> Path:
    """Writes `content` to a new file beside `path` that only its owner can read."""
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())  # a key that is lost in a power cut would give every user a new pseudonym
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft
