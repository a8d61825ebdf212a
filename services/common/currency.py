"""Formats amounts of money for people: minor units are hundredths in most currencies, but not in all (ISO 4217).

The table stands here, and not in babel, for two reasons: the SDK imports this and installs no babel, and what babel
knows are the digits that people customarily write (CLDR: 0 for HUF, COP and IQD), not those of ISO 4217.
"""

from __future__ import annotations

from typing import Final

_DECIMALS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def decimals_of(currency: str) -> int:
    """How many decimal digits amounts of the currency have; two where it is not known.

    >>> [decimals_of(currency) for currency in ("EUR", "JPY", "KWD")]
    [2, 0, 3]
    """
    return _DECIMALS.get(currency, 2)


def decimal_text(minor: int, currency: str) -> str:
    """The amount in whole units, with as many decimals as the currency has; two where it is not known.

    >>> [decimal_text(1000, currency) for currency in ("EUR", "JPY", "KWD", "")]
    ['10.00', '1000', '1.000', '10.00']
    """
    decimals = decimals_of(currency)
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}}" if decimals else str(whole)
