"""The environment variables of every program of a stack, whatever the caller's shell sets.

A shell's settings for other Python and Java programs are not meant for ours, and some break them: `PYTHONHOME` hides
our packages, `PYTHONOPTIMIZE` removes checks from libraries, `_JAVA_OPTIONS` changes the broker. A locale decides how
Java upper-cases letters (CLASSİC in Turkish) and decodes folder names, so all programs get the same one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from services.tools.stack.state_dir import ROOT

_FOR_OTHERS = re.compile(
    r"PYTHON\w*|_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|PROMETHEUS_\w+|F_LOOP|FAUST_\w+|LC_\w+|LANG(UAGE)?"
)
_HARMLESS = re.compile(r"PYTHON(DONTWRITEBYTECODE|PYCACHEPREFIX|HASHSEED|UNBUFFERED|FAULTHANDLER)")
LOCALE = "C.UTF-8"  # every C library that we run on has it


def own(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for programs of ours: modules come from this checkout, and never from the working directory.

    >>> shell = {"HOME": "/root", "PYTHONHOME": "/opt", "_JAVA_OPTIONS": "-Xmx1m", "LC_NUMERIC": "ar_EG.UTF-8"}
    >>> sorted(own(shell))
    ['HOME', 'LC_ALL', 'PYTHONPATH', 'PYTHONSAFEPATH']
    """
    kept = {name: value for name, value in environ.items() if not _is_for_others(name)}
    return {**kept, "LC_ALL": LOCALE, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}


def adopt() -> None:
    """Change this process's environment to `own`, so that programs it starts inherit it."""
    wanted = own(os.environ)
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)


def _is_for_others(name: str) -> bool:
    return bool(_FOR_OTHERS.fullmatch(name)) and not _HARMLESS.fullmatch(name)
