"""The host that a link leads to: ads lead to the hosts of the catalogue's own links, and nowhere else."""

from __future__ import annotations

import re
from typing import Final

_LINK: Final = re.compile(r"https?://([^\s/?#\\@<>\"'`{|}^]+)([/?#][^\s\\<>\"]*)?", re.IGNORECASE)


def host_of(link: str) -> str:
    r"""The host, with a port where the link names one; empty for what browsers might read in another way.

    >>> host_of("https://Shop.example/hats?a=1"), host_of("http://shop.example:8080")
    ('shop.example', 'shop.example:8080')
    >>> host_of("https://shop.example@evil.example/"), host_of("https://evil.example" + chr(92) + "@shop.example/")
    ('', '')
    """
    found = _LINK.fullmatch(link)
    return found[1].lower() if found is not None and link.isprintable() else ""
