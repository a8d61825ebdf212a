"""The currencies in use (ISO 4217), and the signs by which prices name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CURRENCIES: Final = frozenset(
    code
    for row in (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF",
        "CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD",
        "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL",
        "LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR",
        "PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP",
        "TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG",
    )
    for code in row.split()
)

_SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "€": ("EUR",), "euro": ("EUR",), "euros": ("EUR",),
    "£": ("GBP", "EGP", "LBP", "SYP", "GIP", "FKP", "SHP", "SDG", "SSP"), "gb£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "BBD", "BSD", "BZD",
          "FJD", "JMD", "LRD", "NAD", "SRD", "TTD", "XCD", "DOP", "BMD", "BND", "GYD", "KYD", "SBD", "CUP", "CVE"),
    "us$": ("USD",), "$us": ("USD",), "ca$": ("CAD",), "c$": ("CAD",), "$ca": ("CAD",), "a$": ("AUD",),
    "nz$": ("NZD",), "hk$": ("HKD",), "s$": ("SGD",), "nt$": ("TWD",), "mx$": ("MXN",), "r$": ("BRL",),
    "¥": ("JPY", "CNY"), "円": ("JPY",), "jp¥": ("JPY",), "cn¥": ("CNY",), "rmb": ("CNY",),
    "元": ("CNY", "TWD", "HKD"), "人民币": ("CNY",), "日元": ("JPY",), "₽": ("RUB",), "руб": ("RUB",),
    "р": ("RUB",), "рублей": ("RUB",), "rur": ("RUB",), "₴": ("UAH",), "грн": ("UAH",), "₸": ("KZT",), "₹": ("INR",),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"), "₨": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"),
    "₩": ("KRW", "KPW"), "원": ("KRW",), "₺": ("TRY",), "tl": ("TRY",), "₫": ("VND",), "đ": ("VND",), "₪": ("ILS",),
    "฿": ("THB",), "₱": ("PHP", "CUP"), "₦": ("NGN",), "₾": ("GEL",), "₼": ("AZN",), "₡": ("CRC",), "₲": ("PYG",),
    "zł": ("PLN",), "kč": ("CZK",), "ft": ("HUF",), "lei": ("RON", "MDL"), "лв": ("BGN",), "rp": ("IDR",),
    "kr": ("SEK", "NOK", "DKK", "ISK"), "rm": ("MYR",), "fr": ("CHF", "XAF", "XOF"), "sfr": ("CHF",), "r": ("ZAR",),
    "د.ك": ("KWD",), "kd": ("KWD",), "ر.س": ("SAR",), "sr": ("SAR",), "د.إ": ("AED",), "dhs": ("AED",),
    "dh": ("AED", "MAD"), "ر.ق": ("QAR",), "ر.ع": ("OMR",), "د.ب": ("BHD",), "bd": ("BHD",), "ج.م": ("EGP",),
    "د.أ": ("JOD",), "jd": ("JOD",), "د.م": ("MAD",), "د.ت": ("TND",), "dt": ("TND",), "د.ج": ("DZD",),
    "د.ع": ("IQD",), "د.ل": ("LYD",), "ل.ل": ("LBP",), "ل.س": ("SYP",), "ر.ي": ("YER",),
    "ريال": ("SAR", "QAR", "OMR", "YER"), "دينار": ("KWD", "BHD", "JOD", "IQD", "TND", "DZD", "LYD"),
    "﷼": ("IRR", "SAR", "QAR", "OMR", "YER"), "درهم": ("AED", "MAD"), "جنيه": ("EGP",), "au$": ("AUD",),
    "$au": ("AUD",), "$hk": ("HKD",), "$nz": ("NZD",), "$sg": ("SGD",), "sg$": ("SGD",), "br$": ("BRL",),
    "$mx": ("MXN",), "$ar": ("ARS",), "ar$": ("ARS",), "$cl": ("CLP",), "$co": ("COP",), "$uy": ("UYU",),
    "rd$": ("DOP",), "$bm": ("BMD",), "bm$": ("BMD",), "$bn": ("BND",), "$bz": ("BZD",), "bz$": ("BZD",),
    "bds$": ("BBD",), "bs$": ("BSD",), "$ec": ("XCD",), "ec$": ("XCD",), "$fj": ("FJD",), "fj$": ("FJD",),
    "jm$": ("JMD",), "$na": ("NAD",), "$tt": ("TTD",), "$sb": ("SBD",), "si$": ("SBD",), "$sr": ("SRD",),
    "$ws": ("WST",), "$ us": ("USD",), "$ au": ("AUD",), "$ hk": ("HKD",), "$ nz": ("NZD",), "$ sg": ("SGD",),
    "uk£": ("GBP",), "£gb": ("GBP",), "eg£": ("EGP",), "£fk": ("FKP",), "£gi": ("GIP",), "£lb": ("LBP",),
    "¥cn": ("CNY",), "dkr": ("DKK",), "nkr": ("NOK",), "skr": ("SEK",), "ikr": ("ISK",), "nis": ("ILS",),
    "fcfa": ("XAF", "XOF"), "f cfa": ("XOF", "XAF"), "cfa": ("XOF", "XAF"), "فرانک cfa": ("XOF", "XAF"),
    "cfp": ("XPF",), "cfpf": ("XPF",), "fcfp": ("XPF",), "cg": ("XCG",), "um": ("MRU",), "zig": ("ZWG",),
    "soʻm": ("UZS",), "км": ("BAM",), "лсл": ("LSL",), "тмт": ("TMT",), "щ.д": ("USD",), "؋": ("AFN",),
    "أ.م": ("MRU",), "ج.س": ("SDG",), "ر.إ": ("IRR",), "ریال": ("IRR", "YER"),
}  # fmt: skip
SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    **{sign.replace(".", ""): meant for sign, meant in _SIGNS.items() if not sign.isascii()},  # "د.ج" is also "دج"
    **_SIGNS,
}
"""By sign, in lower case and without a full stop at the end: the currencies that it stands for."""
