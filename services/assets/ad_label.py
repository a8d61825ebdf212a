"""The word that marks an ad as one, in the language of its page."""

from __future__ import annotations

from typing import Final

_LABELS: Final = {
    "ar": "إعلان",
    "cs": "Reklama",
    "da": "Annonce",
    "de": "Anzeige",
    "el": "Διαφήμιση",
    "en": "Ad",
    "es": "Anuncio",
    "fi": "Mainos",
    "fr": "Publicité",
    "he": "מודעה",
    "hu": "Hirdetés",
    "it": "Annuncio",
    "ja": "広告",
    "ko": "광고",
    "nb": "Annonse",
    "nl": "Advertentie",
    "no": "Annonse",
    "pl": "Reklama",
    "pt": "Anúncio",
    "ro": "Reclamă",
    "ru": "Реклама",
    "sk": "Reklama",
    "sv": "Annons",
    "tr": "Reklam",
    "uk": "Реклама",
    "zh": "广告",
}
_TRADITIONAL: Final = {"hant", "hk", "mo", "tw"}  # scripts and regions that write Chinese in traditional characters


def ad_label(locale: str) -> str:
    """The label for a BCP 47 tag; English where the language is unknown or absent.

    >>> ad_label("de-AT"), ad_label("zh-Hant"), ad_label(""), ad_label("tlh")
    ('Anzeige', '廣告', 'Ad', 'Ad')
    """
    language, *rest = locale.lower().replace("_", "-").split("-")
    if language == "zh" and _TRADITIONAL & set(rest):
        return "廣告"
    return _LABELS.get(language, _LABELS["en"])
