"""Texts of feeds as plain text: markup and entities resolved, scripts and control characters dropped, NFC.

A text counts as markup where it has a known tag, or what only a tag has: an end, an attribute, a prefix (`</x>`,
`<x y=1>`, `<o:p>`); `1 < 2` and "Size <M>" are not. Feeds escape markup once or twice too often (`&amp;lt;p&amp;gt;`),
so what comes out is looked at again.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from services.common.errors import Rejected

LENGTHS: Final = {
    "product_id": 128, "title": 150, "brand": 70, "product_type": 750, "colour": 100, "size": 100,
    "material": 200, "item_group_id": 128, "choice_id": 128,
}  # fmt: skip
"""The longest texts, as in the proto. A longer one is refused: cut, a title or size would say something else."""

DESCRIPTION: Final = 5_000
"""A longer description is cut at the end of a word, as Google does: it is material for texts and never shown whole."""

_TAGS: Final = (
    "a|abbr|address|article|aside|b|big|blockquote|body|br|button|center|code|dd|del|details|div|dl|dt|em|embed|"
    "figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|main|meta|nav|noscript|"
    "object|ol|option|p|picture|pre|s|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|"
    "svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|u|ul|video"
)
_UNKNOWN: Final = r"</[a-z][\w:.-]*>|<[a-z][\w.-]*:[a-z][^<>]*>|<[a-z][^<>=]*=[^<>]*>"
_MARKUP: Final = re.compile(
    rf"<!--|<!\[CDATA\[|<(?P<end>/?)(?P<tag>{_TAGS})(?![^\s/>])[^<>]*>?|{_UNKNOWN}", re.IGNORECASE
)
"""One tag. It never reads past the next "<", so that no text takes longer than its length asks for; the standard
library's parser needs a hundred seconds for `<a ` thirty thousand times."""

_SILENT: Final = frozenset(
    ("script", "style", "template", "noscript", "iframe", "object", "svg", "head", "select", "textarea", "button")
)
_BLOCKS: Final = frozenset(
    ("p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section", "article",
     "blockquote", "dt", "dd", "header", "footer")
)  # fmt: skip
_MOST_TIMES: Final = 4  # a text that is still markup then means to be
_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffc]")
"""What changes the reading of the text around it, or nothing; joiners (U+200C, U+200D) spell words, and stay."""

_CONTROL: Final = re.compile("[\x01-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_NO_CHARACTER: Final = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff\ufffd]")  # U+FFFD stands where bytes could not be decoded
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")


def plain_text(value: str, field: str) -> str:
    """The text in one line, without markup; raises `Rejected("undecodable")` where its bytes were not text.

    >>> plain_text("<p>Gr&ouml;&szlig;e 38 &amp; 40</p><script>alert(1)</script>", "description")
    'Größe 38 & 40'
    """
    return " ".join(paragraphs(value, field).split())


def paragraphs(value: str, field: str) -> str:
    """The text without markup, a line each paragraph."""
    if _NO_TEXT.search(value):
        raise Rejected("undecodable", field, _visible(value), "whole characters in one encoding")
    for _ in range(_MOST_TIMES):
        resolved = _without_markup(value) if _MARKUP.search(value) else _unescaped(value)
        if resolved == value:
            break
        value = resolved
    if not value.isascii() or not value.isprintable():
        value = unicodedata.normalize("NFC", _CONTROL.sub(" ", _INVISIBLE.sub("", value)))
    return _LINES.sub("\n", _SPACES.sub(" ", value)).strip()


def bounded(text: str, field: str) -> str:
    """The text; raises `Rejected("too_long")` where its field has a bound that it exceeds."""
    if len(text) > LENGTHS[field]:
        raise Rejected("too_long", field, text, f"at most {LENGTHS[field]} characters")
    return text


_TITLE_PART: Final = re.compile(r"(?=,\s|;\s|\s[|–—-]|\s\()|(?<=[，；])")
_LONGEST_CUT: Final = 300  # a text beyond is no title, but slipped from another column


def leading_parts(title: str, most: int = LENGTHS["title"]) -> str:
    """A title that is too long without the last of its parts; as it is where it has no parts that fit.

    Marketplaces line up what a thing is, does and holds, and each part less is still the same thing.

    >>> leading_parts("Stain remover for clothes, pen, works on food, 3 count (pack of 1)", 40)
    'Stain remover for clothes, pen'
    """
    if not most < len(title) <= _LONGEST_CUT:
        return title
    ends = [part.start() for part in _TITLE_PART.finditer(title) if most // 3 <= part.start() <= most]
    return title[: ends[-1]].rstrip(" ，；") if ends else title


def cut(text: str, most: int = DESCRIPTION) -> str:
    """At most the first `most` characters, ending with a word where there are words.

    >>> cut("warm and dry", 9), cut("保暖防水外套", 4)
    ('warm and', '保暖防水')
    """
    if len(text) <= most:
        return text
    whole = text[: most + 1].rsplit(None, 1)[0]
    return whole if len(whole) > most // 2 and len(whole) <= most else text[:most]


def _visible(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _without_markup(text: str) -> str:
    """What a browser would show of the text."""
    shown, at = list[str](), 0
    while tag := _MARKUP.search(text, at):
        shown.append(text[at : tag.start()])
        at = _behind(text, tag)
        if (tag["tag"] or "").lower() in _BLOCKS:
            shown.append("\n")
    return _unescaped("".join([*shown, text[at:]])).replace("]]>", "")


def _behind(text: str, tag: re.Match[str]) -> int:
    """Where the text goes on: behind the tag, behind a comment, behind an element that shows nothing."""
    name = (tag["tag"] or "").lower()
    if tag[0] == "<!--":
        end = text.find("-->", tag.end())
        return len(text) if end < 0 else end + len("-->")
    if name not in _SILENT or tag["end"] or tag[0].endswith("/>"):
        return tag.end()
    closing = re.compile(rf"</{name}\b[^<>]*>?", re.IGNORECASE).search(text, tag.end())
    return closing.end() if closing else len(text)


def _unescaped(text: str) -> str:
    """With its entities resolved; numbers that are no character go, because Python refuses to read very long ones."""
    return html.unescape(_NO_CHARACTER.sub("", text))
