"""Texts of any script are set whole, as large as fits, and never too small to be read."""

import itertools

import numpy as np
import pytest
from PIL import Image, ImageDraw

from services.catalogue.price_text import price_text
from services.composer.brief import Brief
from services.composer.formats import FORMATS
from services.composer.layers.texts import write
from services.composer.layout.arrange import Arranged, arranged
from services.composer.layout.blocks import Written
from services.composer.templates.read_template import template_of, templates
from services.composer.type.faces import TYPES, Role
from services.composer.type.typefaces import face_of, font
from services.composer.type.typesetting import SMALLEST, Copy, Illegible, Setting, copy_of, set_text
from services.composer.type.word_spaces import LEAST_GAP_PX
from services.copywriter.phrases import WORDS

ROLES: tuple[Role, ...] = ("headline", "text")
TITLES = {
    "en": "Breton stripe tee",
    "de": "Wasserdichte Herren-Trekkingjacke mit Kapuze für 29,90 €",
    "pl": "Damska kurtka zimowa ze ściągaczem",
    "el": "Καλοκαιρινό φόρεμα",
    "ru": "Платье летнее с цветочным принтом",
    "uk": "Жіноча зимова куртка з капюшоном",
    "zh": "男士轻薄羽绒服 短款立领保暖外套 2026新款",
    "zh-Hant": "女裝連衣裙",
    "ja": "北欧風コットンリネンワンピース ゆったり長袖",
    "ko": "여성 여름 원피스",
    "ar": "عباءة سوداء مطرزة بأكمام واسعة",
    "he": "שמלת ערב שחורה",
    "th": "กระเป๋าสะพาย หนังแท้",
    "tr": "Kışlık su geçirmez şişme mont",
}


def set_in(text: str, language: str = "en", width: int = 122, height: int = 128, largest: int = 21) -> Setting:
    found = set_text(text, (0, 0, width, height), largest, language)
    assert isinstance(found, Setting), found
    return found


@pytest.mark.parametrize("language", TITLES)
def test_a_title_of_each_script_is_set_within_its_box(language: str) -> None:
    setting = set_in(TITLES[language], language)
    assert SMALLEST <= setting.size <= 21
    assert max(map(setting.width, setting.lines)) <= 122
    assert setting.height <= 128
    assert "".join("".join(setting.lines).split()) == "".join(TITLES[language].split())
    assert setting.from_right == (language in ("ar", "he"))


@pytest.mark.parametrize("language", WORDS)
def test_the_phrases_and_prices_of_each_language_can_be_set(language: str) -> None:
    words = WORDS[language]
    for text in (words.rated, words.sale, words.few, words.look, words.shop):
        assert face_of(text, language) is not None
    for currency in ("EUR", "USD", "GBP", "RUB", "CNY", "JPY", "KRW", "KWD", "ILS", "THB", "TRY", "UAH", "INR"):
        assert face_of(price_text(1_234_567, currency, language), language) is not None, (language, currency)


def test_chinese_breaks_between_characters_but_no_line_begins_with_a_closing_mark() -> None:
    setting = set_in("保暖，防水（轻薄）外套。新款，男士，女士。", "zh", width=64, height=400, largest=16)
    assert len(setting.lines) > 3
    assert not [line for line in setting.lines if line[0] in "，。）" or line[-1] in "（"]


WHOLE = {
    "zh": "男士|轻薄|羽绒服|短款|立领|保暖|外套|2026新款|304不锈钢|保温杯|500ml|T恤|3件套",
    "zh-Hant": "女裝|連衣裙|純棉|透氣|不鏽鋼|保溫杯",
    "ja": "ステンレス製|真空断熱|タンブラー|富士山の|天然水",
    "th": "รองเท้า|วิ่ง|น้ำหนักเบา|สำหรับ|ผู้หญิง",
}


@pytest.mark.parametrize("language", WHOLE)
def test_no_word_number_or_measure_is_broken(language: str) -> None:
    words = WHOLE[language].split("|")
    lone = "".join(words)
    ends = set(itertools.accumulate(map(len, words)))
    for template, format_ in itertools.product(templates(), ("300x250", "160x600", "320x100")):
        brief = Brief(format_, template, "pullover", "", lone[: sorted(ends)[3]], "", "→", language)
        found = arranged(brief, template_of(template), True)
        assert isinstance(found, Arranged)
        headline = next(one for one in found.written if one.name == "headline")
        assert set(itertools.accumulate(map(len, headline.setting.lines))) <= ends, headline.setting.lines


def test_a_word_that_is_wider_than_its_place_is_broken_at_last() -> None:
    assert set_in("ノンホルムアルデヒドコットンリネン", "ja", width=60).lines[0].startswith("ノン")


@pytest.mark.parametrize("type_", TYPES)
def test_spaces_between_words_are_seen_in_the_smallest_type(type_: str) -> None:
    for role, text, size in itertools.product(ROLES, ("off until", "14% off", "4.6 of 5", "for a"), range(10, 17)):
        face = face_of(text, "en", type_, role)
        assert face is not None
        picture = Image.new("RGB", (160, 40))
        one = Written("kicker", text, Setting((text,), size, face, False), (5, 10, 155, 40), "start", "ink")
        write(ImageDraw.Draw(picture), one, (255, 255, 255))
        seen = np.flatnonzero(np.asarray(picture.convert("L")).max(axis=0) > 96)
        gaps = sorted(np.diff(seen) - 1)[-text.count(" ") :]
        assert gaps[0] >= LEAST_GAP_PX, (type_, role, text, size)


def test_a_longer_text_is_smaller_and_one_that_cannot_be_read_says_why() -> None:
    sizes = [set_in("word " * count).size for count in (2, 12, 24)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]
    for text, reason in (("word " * 200, "too_long"), ("W" * 40, "too_wide"), ("ሰላም", "glyphs")):
        found = set_text(text, (0, 0, 122, 128), 21, "en")
        assert isinstance(found, Illegible)
        assert found.reason == reason


def test_pictographs_that_no_face_has_are_left_out() -> None:
    assert set_in("Warm 🧥 coat ❄️").lines == ("Warm coat",)
    assert set_in("Warm 🧥. Dry").lines == ("Warm. Dry",)


@pytest.mark.parametrize("type_", TYPES)
def test_no_letter_of_any_language_is_drawn_as_the_box_of_a_missing_one(type_: str) -> None:
    for language, title in TITLES.items():
        words = WORDS[language.lower()]
        prices = (price_text(123_456_789, currency, language) for currency in ("EUR", "CNY", "JPY", "THB", "ILS"))
        for role in ROLES:
            for text in (title, words.rated, words.few, words.sale, words.shop, *prices):
                copy = copy_of(text, language, type_, role)
                assert isinstance(copy, Copy), (language, text)
                drawn = font(copy.face, 24)
                box = bytes(drawn.getmask("\U0010fffd"))
                boxes = {one for one in copy.text if not one.isspace() and bytes(drawn.getmask(one)) == box}
                assert not boxes, (language, text)


@pytest.mark.parametrize("template", templates())
def test_each_template_takes_a_long_title_a_price_and_a_sale_in_all_formats(template: str) -> None:
    for format_, has_product in itertools.product(FORMATS, (True, False)):
        brief = Brief(format_, template, "pullover", "", TITLES["de"], "29,90 €", "Jetzt ansehen", "de", "39,90 €")
        found = arranged(brief, template_of(template), has_product)
        assert isinstance(found, Arranged), (format_, found)
