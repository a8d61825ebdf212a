"""Secrets are files of mode 0600, made on first run; in Kubernetes the folder is mounted.

`pseudonym.json`: `{"key_id": 1, "secret": HEX}`; `tokens.json`: `{"signing": "1", "secrets": {"1": HEX}}`. To rotate
token keys, add a secret under a new id to `secrets`, name it in `signing`, and take the old one away a day later.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.common.errors import Misconfigured
from services.common.pseudonym import PseudonymKey
from services.common.token import TokenKeys

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of a deployment; never printed."""

    pseudonym_key: PseudonymKey
    token_keys: TokenKeys
    seed_key: bytes  # what decision seeds are derived with, so that callers cannot choose their luck


def load_or_make(folder: Path) -> Secrets:
    """The secrets in `folder`, made there where they are missing; raises `Misconfigured` for a broken file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pseudonym = _read(folder / "pseudonym.json", lambda: {"key_id": 1, "secret": _fresh()})
    tokens = _read(folder / "tokens.json", lambda: {"signing": "1", "secrets": {"1": _fresh()}})
    seeds = _read(folder / "seeds.json", lambda: {"secret": _fresh()})
    try:
        return Secrets(
            PseudonymKey(int(pseudonym["key_id"]), bytes.fromhex(pseudonym["secret"])),
            _token_keys(tokens),
            bytes.fromhex(seeds["secret"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Misconfigured(
            f"a secret in {folder} is not in its format ({exc!r}); see services/common/secrets.py"
        ) from exc


def load_token_keys(folder: Path) -> TokenKeys:
    """The token keys as they are in the file now; for processes that follow a rotation without restart."""
    return _token_keys(_read(folder / "tokens.json", lambda: {"signing": "1", "secrets": {"1": _fresh()}}))


def _token_keys(tokens: dict[str, Any]) -> TokenKeys:
    keys = {key_id: bytes.fromhex(secret) for key_id, secret in tokens["secrets"].items()}
    if tokens["signing"] not in keys:
        raise Misconfigured(
            f"tokens.json: signing names key {tokens['signing']!r} where one of {sorted(keys)} was expected"
        )
    return TokenKeys(tokens["signing"], keys)


def _fresh() -> str:
    return secrets.token_hex(_SECRET_BYTES)


def _read(path: Path, default: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The file's content; of several processes that find it missing, one makes it and all read that one."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(default(), file)
        try:
            os.link(draft, path)  # fails where another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        content = json.loads(path.read_text())
    except ValueError as exc:
        raise Misconfigured(f"{path} is not JSON: {exc}") from exc
    if not isinstance(content, dict):
        raise Misconfigured(f"{path} holds {type(content).__name__} where an object was expected")
    return content
