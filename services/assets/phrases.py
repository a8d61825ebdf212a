"""The words around facts in ads, by language: each says only what its fact says, so that no ad says more; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    rated: str  # of {rating} and {count}
    sale: str  # of {date}, the last day
    few: str  # of {number}
    look: str
    shop: str
    colon: str = ": "


_FULL: Final = "："
_WORDS: Final[Mapping[str, Words]] = {
    "en": Words("{rating} of 5 from {count} reviews", "Sale until {date}", "Fewer than {number} left", "Discover", "Shop now"),
    "de": Words("{rating} von 5 bei {count} Bewertungen", "Angebot bis {date}", "Weniger als {number} auf Lager", "Entdecken", "Jetzt ansehen"),
    "fr": Words("{rating} sur 5 ({count} avis)", "Promotion jusqu’au {date}", "Moins de {number} en stock", "Découvrir", "Voir l’offre", "\xa0: "),
    "es": Words("{rating} de 5 ({count} opiniones)", "Oferta hasta el {date}", "Quedan menos de {number}", "Descubrir", "Ver ahora"),
    "it": Words("{rating} su 5 ({count} recensioni)", "In offerta, fino al giorno {date}", "Meno di {number} disponibili", "Scopri", "Vedi ora"),
    "nl": Words("{rating} van 5 uit {count} beoordelingen", "Aanbieding tot en met {date}", "Minder dan {number} op voorraad", "Ontdek", "Bekijk nu"),
    "pt": Words("{rating} de 5 ({count} avaliações)", "Promoção até {date}", "Restam menos de {number}", "Descobrir", "Ver agora"),
    "sv": Words("{rating} av 5 ({count} omdömen)", "Rea till och med {date}", "Färre än {number} kvar", "Upptäck", "Se mer"),
    "pl": Words("{rating} na 5 (liczba opinii: {count})", "Promocja do {date}", "Zostało mniej niż {number}", "Odkryj", "Zobacz"),
    "ru": Words("{rating} из 5 (отзывов: {count})", "Скидка до {date}", "Осталось меньше {number}", "Подробнее", "Смотреть"),
    "uk": Words("{rating} з 5 (відгуків: {count})", "Знижка до {date}", "Залишилося менше {number}", "Докладніше", "Дивитися"),
    "el": Words("{rating} στα 5 ({count} κριτικές)", "Προσφορά έως {date}", "Λιγότερα από {number} διαθέσιμα", "Ανακαλύψτε", "Δείτε το"),
    "tr": Words("5 üzerinden {rating} ({count} yorum)", "İndirim, son gün {date}", "Stokta {number} adetten az", "Keşfet", "İncele"),
    "zh": Words("{count}条评价，评分{rating}（满分5分）", "优惠至{date}", "库存不足{number}件", "了解更多", "立即查看", _FULL),
    "zh-hant": Words("{count}則評價，評分{rating}（滿分5分）", "優惠至{date}", "庫存不足{number}件", "了解更多", "立即查看", _FULL),
    "ja": Words("評価{rating}（5点満点、{count}件）", "セールは{date}まで", "在庫{number}点未満", "詳しく見る", "今すぐ見る", _FULL),
    "ko": Words("5점 만점에 {rating}점(리뷰 {count}개)", "{date}까지 할인", "재고 {number}개 미만", "자세히 보기", "지금 보기"),
    "ar": Words("{rating} من 5 (عدد التقييمات: {count})", "تخفيض حتى {date}", "بقي أقل من {number}", "اكتشف", "تسوق الآن"),
    "he": Words("{rating} מתוך 5 ({count} ביקורות)", "מבצע עד {date}", "נותרו פחות מ־{number}", "גלו עוד", "לצפייה"),
    "th": Words("{rating} จาก 5 ({count} รีวิว)", "ลดราคาถึง {date}", "เหลือน้อยกว่า {number} ชิ้น", "ดูเพิ่มเติม", "ดูเลย"),
}  # fmt: skip
_OTHER: Final = Words("{rating}/5 ({count})", "", "", "→", "→")
"""Where the language has no words here: figures say what they say; of sales and stock nothing is said."""

_TRADITIONAL: Final = frozenset(("hant", "tw", "hk", "mo"))
_SCRIPTS: Final = (
    ("ja", "HIRAGANA"), ("ja", "KATAKANA"), ("zh", "CJK"), ("ko", "HANGUL"), ("ru", "CYRILLIC"), ("el", "GREEK"),
    ("ar", "ARABIC"), ("he", "HEBREW"), ("th", "THAI"),
)  # fmt: skip


def language_of(said: str, text: str) -> str:
    """The language of a product's texts: the one that is said, else the likeliest one of the script, else English.

    >>> [language_of(*it) for it in (("de-AT", "Kleid"), ("", "Платье"), ("", "連衣裙の"), ("", "Dress"))]
    ['de-AT', 'ru', 'ja', 'en']
    """
    if said:
        return said
    scripts = {unicodedata.name(letter, " ").split()[0] for letter in text if letter.isalpha()}
    return next((language for language, script in _SCRIPTS if script in scripts), "en")


def words_of(language: str) -> Words:
    """The phrases of a language.

    >>> [words_of(language).shop for language in ("de-AT", "zh-TW", "fi")]
    ['Jetzt ansehen', '立即查看', '→']
    """
    first, *more = language.lower().replace("_", "-").split("-")
    if first == "zh" and _TRADITIONAL & set(more):
        first = "zh-hant"
    return _WORDS.get(first, _OTHER)


def day_text(day: date, language: str) -> str:
    """A day as the language writes it, with its year: an ad's text must not depend on when it was made.

    >>> [day_text(date(2026, 12, 31), one) for one in ("en", "de", "ru", "zh")]
    ['Dec 31, 2026', '31.12.2026', '31 дек. 2026\u202fг.', '2026年12月31日']
    """
    return format_date(day, "medium", locale=_locale(language))


def figure_text(value: float, language: str) -> str:
    """A number with at most one decimal, as the language writes it.

    >>> figure_text(4.6, "de"), figure_text(1200, "en")
    ('4,6', '1,200')
    """
    return format_decimal(value, "#,##0.#", locale=_locale(language))


def reading(pattern: str) -> re.Pattern[str]:
    """What a phrase looks like, whatever its facts are."""
    return re.compile(re.sub(r"\\{\w+\\}", ".{1,40}", re.escape(pattern)))


@cache
def phrases(name: str) -> tuple[re.Pattern[str], ...]:
    """What the phrase of this name looks like, in each language that has it."""
    return tuple(reading(pattern) for words in (*_WORDS.values(), _OTHER) if (pattern := getattr(words, name)))


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, LookupError):  # of what is no language, and of one that CLDR does not have
        return Locale.parse("en")

