"""The drills: every file `drill_<name>.py` beside this one, by its `DRILL`."""

from __future__ import annotations

import importlib
import pkgutil

import services.tools.drills
from services.common.errors import Misconfigured
from services.tools.drills.drill import Drill, Mutation

_PREFIX = "drill_"


def drills() -> dict[str, Drill]:
    """All drills by name; importing them must be fast, so they import their parts when they run."""
    package = services.tools.drills
    names = [m.name for m in pkgutil.iter_modules(package.__path__) if m.name.startswith(_PREFIX)]
    found = [importlib.import_module(f"{package.__name__}.{name}").DRILL for name in names]
    return {drill.name: drill for drill in found}


def chosen(name: str) -> list[Drill]:
    """The drill of that name, or all of them; raises `Misconfigured` that lists the names."""
    known = drills()
    if name == "all":
        return list(known.values())
    if name not in known:
        raise Misconfigured(f"drill: {name!r} where one of {', '.join([*known, 'all'])} was expected.")
    return [known[name]]


def mutation_of(drill: Drill, name: str) -> Mutation:
    """The drill's defence of that name; raises `Misconfigured` that lists the names."""
    found = {mutation.name: mutation for mutation in drill.mutations}
    if name not in found:
        raise Misconfigured(f"--without: {name!r} where one of {', '.join(found)} was expected.")
    return found[name]
