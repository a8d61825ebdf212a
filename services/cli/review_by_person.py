"""A person goes through the ads that wait: each is shown, and the person approves it, rejects it, skips it or quits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from services.assets.creative import EXTENSIONS
from services.cli.library_view import price_of
from services.common.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.assets.library import Library
    from services.assets.life import Action

Answer = Literal["approve", "reject", "skip", "quit"]
_ANSWERS: Final[tuple[Answer, ...]] = get_args(Answer)
QUESTION: Final = "[a]pprove, [r]eject with a reason, [s]kip, [q]uit"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked, and how."""

    name: str
    ask: Callable[[str], str]  # a question -> the line that was typed
    say: Callable[[str], None]
    judge: Callable[[Action, str, str], Creative]  # raises `Rejected` where the ad does not allow it any more


def go_through(waiting: Iterable[Creative], pictures: Callable[[Creative], str], person: Person) -> Counter[str]:
    """Asks about one ad after another; how many were approved, rejected and skipped."""
    done = Counter[str]()
    for creative in waiting:
        for line in card_of(creative, pictures(creative)):
            person.say(line)
        answer = _about(creative, person)
        if answer == "quit":
            break
        done[answer] += 1
    return done


def _about(creative: Creative, person: Person) -> Answer:
    """What the person does with the ad, once it is done."""
    while True:
        answer = answer_in(person.ask(QUESTION))
        if answer is None:
            continue
        if answer in ("skip", "quit"):
            return answer
        why = _reason(creative, answer, person)
        if why is None:
            continue
        try:
            after = person.judge("approve" if answer == "approve" else "refuse", creative.creative_id, why)
        except Rejected as wrong:  # as where somebody else was faster
            person.say(f"  {wrong}")
            continue
        person.say(f"  {said_of(after, person.name)}")
        return answer


def _reason(creative: Creative, answer: Answer, person: Person) -> str | None:
    """The reason, where one is needed; None where none is given."""
    needed = answer == "reject" or creative.verdict is None or not creative.verdict.passes
    if not needed:
        return ""
    question = "why not" if answer == "reject" else "why is it served although no screen passed it"
    return person.ask(question).strip() or None


def answer_in(text: str) -> Answer | None:
    """What was typed; None: nothing that is asked for.

    >>> [answer_in(text) for text in ("a", "Reject", "", "yes")]
    ['approve', 'reject', None, None]
    """
    said = text.strip().lower()
    return next((answer for answer in _ANSWERS if said and answer.startswith(said)), None)


def said_of(creative: Creative, by: str) -> str:
    """What became of an ad that somebody has judged.

    >>> from services.assets.house_creatives import house_creatives
    >>> said_of(house_creatives()[0], "ada")
    'APPROVED, ada'
    """
    from services.assets.changes import first_approver

    half = first_approver(creative)
    return f"waits for a second approval, after {half}'s" if half else f"{creative.state}, {by}"


def card_of(creative: Creative, picture: str) -> Iterator[str]:
    """The ad as lines: what it is, its picture, its words, and what its screen found."""
    price = price_of(creative)
    yield ""
    yield f"{creative.creative_id}  {creative.format}  {creative.product_id or creative.link}" + f"  {price}".rstrip()
    yield f"  picture   {picture}"
    for name in ("headline", "body", "call_to_action"):
        if text := getattr(creative, name):
            yield f"  {name.split('_')[-1]:<9} {text}"
    yield from (f"  screen    {line}" for line in _screen(creative))
    event = creative.life[-1] if creative.life else None
    yield f"  waits     {event.why} ({event.by})" if event else "  waits     nobody has approved it yet"


def _screen(creative: Creative) -> Iterator[str]:
    if creative.verdict is None:
        yield "it was not screened yet"
        return
    failed = [check for check in creative.verdict.checks if not check.passes]
    yield f"{len(creative.verdict.checks) - len(failed)} of {len(creative.verdict.checks)} checks pass"
    yield from (f"FAILS {check.check}: {check.why}" for check in failed)


def pictures_at(folder: Path, library: Library) -> Callable[[Creative], str]:
    """Writes an ad's picture to the folder when it is asked for; the link that opens it, or why there is none."""

    def link(creative: Creative) -> str:
        try:
            content = library.picture(creative)
        except Unavailable as missing:
            return str(missing)
        path = folder / f"{creative.creative_id}.{EXTENSIONS.get(creative.media_type, 'png')}"
        path.write_bytes(content)
        return path.resolve().as_uri()

    return link
