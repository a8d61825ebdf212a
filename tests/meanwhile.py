"""What goes on beside a test's own steps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

Work = Callable[[threading.Event], None]
"""Goes on until the event is set."""


@contextmanager
def meanwhile(work: Work) -> Iterator[None]:
    """`work` goes on in a thread of its own and is over behind the `with`, which then raises what it raised."""
    ending = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work, ending)
        try:
            yield
        finally:
            ending.set()
        working.result()
