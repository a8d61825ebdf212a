"""The `ADLOOM_*` variables that a process knows, found in its source: the fields of all settings records it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from services.tools.stack.state_dir import ROOT

_VARIABLE = re.compile(r"ADLOOM_[A-Z][A-Z0-9_]*")


def source_of(module: str) -> Path | None:
    """The file of a module of this checkout, or None."""
    stem = ROOT / module.replace(".", "/")
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)


@cache
def known_variables(module: str) -> frozenset[str]:
    """The variables that `python -m module` reads, those of its imports included.

    >>> sorted(known_variables("services.tools.stack.kafka.create_topics"))
    ['ADLOOM_CRASH_POINTS', 'ADLOOM_KAFKA', 'ADLOOM_TOPIC_REPLICAS']
    """
    trees = [_tree(path) for path in _reached(module)]
    records = {name for tree in trees for name in _records_read(tree)}
    classes = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    fields = {field for record in records for field in _fields(record, classes)}
    spelled = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value)
    }
    return frozenset(f"ADLOOM_{field.upper()}" for field in fields) | spelled


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def _reached(module: str) -> list[Path]:
    """The source files of a module and of everything of ours that it imports, directly or not."""
    waiting, found = [module], dict[Path, None]()
    while waiting:
        path = source_of(waiting.pop())
        if path and path not in found:
            found[path] = None
            waiting += _imports(_tree(path))
    return list(found)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("services."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services"):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _records_read(tree: ast.Module) -> Iterator[str]:
    """Names of the records that are passed to `settings.read`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called.startswith("read"):
                yield node.args[0].id


def _fields(record: str, classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    node = classes.get(record)
    if node is None:
        return
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            yield line.target.id
    for base in node.bases:
        if isinstance(base, ast.Name):
            yield from _fields(base.id, classes)
