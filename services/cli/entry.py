"""What `.venv/bin/adloom` runs, by `python -I -S`. It handles Ctrl-C before all else, because imports take a second.

`-I` ignores the caller's settings for Python. `-S` starts without `site`, which `main` runs itself after the handlers
are installed: before that, no code of ours or of a library has run that a signal could break.
"""

import _signal  # type: ignore[import-not-found]  # `signal` itself imports for some milliseconds
import posix


def leave(number: int, _: object) -> None:
    """Ends the process at once: nothing has started that needs an orderly end."""
    try:
        posix.write(2, b"adloom: interrupted\n")
    finally:
        posix._exit(128 + number)


def open_standard_streams() -> None:
    """Opens /dev/null for each stream that the caller has closed: else the next opened file would get its number."""
    import os
    import sys

    for handle, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is `handle`
            setattr(sys, name, os.fdopen(null, "w" if handle else "r"))


def main() -> None:
    """Runs one command; does not return."""
    import site
    import sys

    site.main()
    open_standard_streams()
    sys.path.insert(0, __file__.rsplit("/", 3)[0])  # the checkout
    from services.cli import main as cli

    cli.main()


if __name__ == "__main__":
    for number in (_signal.SIGINT, _signal.SIGTERM):
        _signal.signal(number, leave)
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGINT, _signal.SIGTERM))  # see bootstrap.py
    main()
