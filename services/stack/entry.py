"""What `.venv/bin/adloom` runs, by `python -I -S`: a handler for Ctrl-C before all else, for imports take a second.

It is isolated (`-I`) from what the caller's shell says to other Pythons, and starts without `site` (`-S`), whose work
it does itself: until then nothing of ours or of a library has run that a signal could break.
"""

import _signal  # type: ignore[import-not-found]  # `signal` itself imports for some milliseconds
import posix


def leave(number: int, _: object) -> None:
    """Ends at once: nothing has been begun that would have to be ended."""
    try:
        posix.write(2, b"adloom: interrupted\n")
    finally:
        posix._exit(128 + number)


def open_standard_streams() -> None:
    """Puts /dev/null where the caller has closed one: else the next file that is opened takes its number."""
    import os
    import sys

    for handle, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
            setattr(sys, name, os.fdopen(null, "w" if handle else "r"))


def main() -> None:
    """Runs one command; does not return."""
    import site
    import sys

    site.main()
    open_standard_streams()
    sys.path.insert(0, __file__.rsplit("/", 3)[0])  # the checkout
    from services.stack import cli

    cli.main()


if __name__ == "__main__":
    for number in (_signal.SIGINT, _signal.SIGTERM):
        _signal.signal(number, leave)
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGINT, _signal.SIGTERM))  # see bootstrap.py
    main()
