"""The texts of a product's ads: headline, body and call to action, of what its row says and of nothing else (law 10).

A headline is a claim and the title ("Made of linen: Garment-dyed shirt"), the claim and the title's head where that is
too long, else as much of it as the format has room for: no ad leaves out what it sells. The claim is the shop's own
words, or a phrase of `grammar.toml` and `phrases.toml` around a fact. English, German and Chinese have a grammar; other
languages have phrases for the offer, and the shop's own words. Where the row does not show its language, the title is
all that is said. A style whose facts the row lacks, whose words do not fit or which the brand forbids has no text.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.language import UNSURE
from services.catalogue.offer import NOTHING, Stated
from services.copywriter.body import body_of, head_of, says, shortened
from services.copywriter.budgets import LEAST_TITLE, Budget, budget_of, columns
from services.copywriter.facts import Facts, facts_of
from services.copywriter.nouns import with_article
from services.copywriter.offer_words import Moment, Said, Voice, few_left, on_sale, rated, reduced
from services.copywriter.phrases import phrase_title
from services.copywriter.ports import NO_BRAND, Brand, of_language
from services.copywriter.styles import Style, styles_for

_GRAMMAR: Final[Mapping[str, Any]] = tomllib.loads(
    resources.files("services.copywriter").joinpath("grammar.toml").read_text("utf-8")
)
_SHOPS: Final[tuple[Style, ...]] = ("sale", "stock", "new", "plain")
"""Styles whose reader knows what it is and may want to buy; the others invite to look."""

_SET: Final = re.compile("[装套组对双]")


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of an ad, and what they say of the offer."""

    style: Style
    headline: str
    body: str  # empty: none
    call_to_action: str
    stated: Stated = NOTHING


def texts_of(
    product: Product, moment: Moment, format_: str, kit: Brand = NO_BRAND, audience: str = ""
) -> tuple[Texts, ...]:
    """The product's texts in a format, of each style at most one, the most suitable for tone and audience first."""
    facts = facts_of(product)
    if facts is None:
        return ()
    writer = _Writer(product, facts, Voice.of(facts.language, moment), kit, budget_of(format_))
    styles: tuple[Style, ...] = ("plain",) if facts.language == UNSURE else styles_for(kit.tone, audience)
    made = (writer.texts(style) for style in styles)
    return tuple(texts for texts in made if texts is not None)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes about one product for one format."""

    product: Product
    facts: Facts
    voice: Voice
    kit: Brand
    budget: Budget

    def texts(self, style: Style) -> Texts | None:
        """The texts of a style."""
        for said in _CLAIMS[style](self):
            headline = self._headline(style, said.text)
            if headline and not self._is_forbidden(headline):
                body = body_of(self.facts, headline, self.budget.body, self._is_forbidden)
                return Texts(style, headline, body, self._call_to_action(style), said.stated)
        return None

    def phrase(self, name: str, **slots: str) -> str:
        """A line of the grammar in the brand's tone; empty where the language has none, or a slot is empty."""
        lines = _GRAMMAR.get(self.facts.tongue, {}).get(name, "")
        line = lines if isinstance(lines, str) else lines.get(self.kit.tone, lines["plain"])
        return line.format(**slots) if all(slots.values()) else ""

    def _headline(self, style: Style, claim: str) -> str:
        """The claim with the title, as far as both fit; a question says itself what it is about."""
        if style == "plain":
            return shortened(self.facts.title, self.budget.headline, self.facts.language)
        if style == "question":
            return claim if columns(claim) <= self.budget.headline else ""
        return self._with_title(claim) if claim else ""

    def _with_title(self, claim: str) -> str:
        """Empty where the title has no room: an ad says what it sells, whatever it says of it."""
        title, before, budget = self.facts.title, f"{claim}{self.voice.words.colon}", self.budget
        if says(claim, head_of(title)) and columns(claim) <= budget.headline:
            return claim
        in_parts = budget.part if columns(claim) <= budget.part else 0
        room = max(budget.headline - columns(before), in_parts)
        whole = next((said for said in (title, head_of(title)) if columns(said) <= room), "")
        cut = whole or shortened(title, room, self.facts.language)
        return before + cut if whole or columns(cut) >= LEAST_TITLE else ""

    def _call_to_action(self, style: Style) -> str:
        words = self.voice.words
        name = "shop" if style in _SHOPS else "look"
        own = of_language(self.kit.call_to_action, self.facts.language, self.facts.tongue)
        ahead = self.phrase("preorder") if self.facts.is_ahead else ""
        usual = words.shop if name == "shop" else words.look
        found = (own, ahead, self.phrase(name), usual)
        return next((text for text in found if text and columns(text) <= self.budget.call_to_action), usual)

    def _is_forbidden(self, text: str) -> bool:
        return any(word.casefold() in text.casefold() for word in self.kit.forbidden_words if word)


def _benefit(writer: _Writer) -> list[Said]:
    return [Said(phrase_title(text)) for text in writer.facts.benefits]


def _question(writer: _Writer) -> list[Said]:
    noun, tongue = writer.facts.noun, writer.facts.tongue
    if noun is None:
        return []
    if tongue == "zh":
        return [Said(writer.phrase("question", noun=noun.chinese, a_noun=f"一{noun.measure}{noun.chinese}"))]
    if tongue == "de":
        return [Said(writer.phrase("question", Nouns=noun.german))]
    a_noun = noun.plural if noun.is_plural else with_article(noun.singular)
    said = noun.plural if noun.is_plural else noun.singular
    slots = {"noun": said, "a_noun": a_noun, "A_noun": phrase_title(a_noun)}
    return [Said(writer.phrase("question_plural" if noun.is_plural else "question", **slots))]


def _number(writer: _Writer) -> list[Said]:
    return [Said(phrase_title(writer.facts.figure))] if writer.facts.figure else []


def _occasion(writer: _Writer) -> list[Said]:
    return [Said(phrase_title(writer.facts.occasion))] if writer.facts.occasion else []


def _material(writer: _Writer) -> list[Said]:
    found, tongue = writer.facts.materials, writer.facts.tongue
    if not found or tongue not in _GRAMMAR:
        return [Said(", ".join(found))] if found else []
    if tongue == "de" and any(" " in part for part in found):  # an adjective before it would need its ending
        return [Said(", ".join(found))]
    if tongue == "zh" and any(part.isascii() or part.endswith(("材质", "面料")) for part in found):
        return [Said("、".join(found))]
    names = tuple(_lowered(part) for part in found) if tongue == "en" else found
    apart = "、" if tongue == "zh" else ", "
    listed = writer.phrase("and").join(filter(None, (apart.join(names[:-1]), names[-1])))
    return [Said(writer.phrase("material", material=listed))]


def _lowered(name: str) -> str:
    """An English material inside of a sentence; names and abbreviations keep their letters."""
    first = name.split(" ")[0]
    return name[0].lower() + name[1:] if first.isalpha() and first[1:].islower() else name


def _new(writer: _Writer) -> list[Said]:
    return [Said(writer.phrase("new"))] if writer.facts.is_new else []


def _sale(writer: _Writer) -> list[Said]:
    made = (reduced(writer.product, writer.voice), on_sale(writer.product, writer.voice))
    return [said for said in made if said is not None]


def _stock(writer: _Writer) -> list[Said]:
    """A stock of sets counts sets: the measure word of one piece would say too little."""
    noun = writer.facts.noun if not _SET.search(writer.facts.title) else None
    said = few_left(writer.product, writer.voice, noun.measure if noun else "")
    return [said] if said is not None else []


def _rating(writer: _Writer) -> list[Said]:
    said = rated(writer.product, writer.voice)
    return [said] if said is not None else []


def _promise(writer: _Writer) -> list[Said]:
    """The shop's own claims, each product beginning with another one."""
    facts = writer.facts
    found = of_language(writer.kit.allowed_claims, facts.language, facts.tongue) or ()
    first = zlib.crc32(writer.product.product_id.encode()) % len(found) if found else 0
    return [Said(claim.strip(" .")) for claim in (*found[first:], *found[:first])]


def _plain(writer: _Writer) -> list[Said]:
    return [Said("")]


_CLAIMS: Final[Mapping[Style, Callable[[_Writer], list[Said]]]] = {
    "benefit": _benefit,
    "question": _question,
    "number": _number,
    "occasion": _occasion,
    "material": _material,
    "rating": _rating,
    "sale": _sale,
    "stock": _stock,
    "new": _new,
    "promise": _promise,
    "plain": _plain,
}
