"""Draws drafts in two ways that know nothing of the composer: as pages in Chromium, and by Pillow."""

from __future__ import annotations

import html
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from tests.statistics.screening.held_out.draft import RGB, Area, Draft, Fill, Item, Picture, Text, font_of, width_of

_SHEET: Final = (1_300, 6_000)  # pixels of a page, on which banners stand one under another
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
)
_SCALE: Final = 4  # corners are drawn larger, because Pillow's are jagged


def by_chromium(chromium: str, drafts: Sequence[Draft]) -> list[Image.Image]:
    """Each draft as Chromium shows it."""
    found: list[Image.Image] = []
    sheet: list[Draft] = []
    for draft in (*drafts, None):
        if draft is None or sum(one.size[1] for one in (*sheet, draft)) > _SHEET[1]:
            found += _shown(chromium, sheet)
            sheet = []
        if draft is not None:
            sheet.append(draft)
    return found


def _shown(chromium: str, drafts: Sequence[Draft]) -> list[Image.Image]:
    if not drafts:
        return []
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(_page(drafts), "utf-8")
        said = (f"--screenshot={shot}", f"--window-size={_SHEET[0]},{_SHEET[1]}", f"--user-data-dir={folder}/profile")
        subprocess.run([chromium, *_FLAGS, *said, page.as_uri()], check=True, capture_output=True, timeout=120)
        with Image.open(shot) as whole:
            sheet = whole.convert("RGB")
    tops = [sum(draft.size[1] for draft in drafts[:n]) for n in range(len(drafts))]
    return [sheet.crop((0, top, draft.size[0], top + draft.size[1])) for draft, top in zip(drafts, tops, strict=True)]


def _page(drafts: Sequence[Draft]) -> str:
    faces = sorted({item.face.file for draft in drafts for item in draft.items if isinstance(item, Text)})
    rules = "".join(
        f"@font-face{{font-family:{_family(file)};src:url('{file.resolve().as_uri()}');font-weight:100 900}}"
        for file in faces
    )
    style = (
        f"<style>{rules}body{{margin:0}}section{{position:relative;overflow:hidden}}div{{position:absolute}}</style>"
    )
    banners = "".join(
        f'<section style="width:{one.size[0]}px;height:{one.size[1]}px">{"".join(map(_element, one.items))}</section>'
        for one in drafts
    )
    return f'<!doctype html><meta charset="utf-8">{style}{banners}'


def _family(file: Path) -> str:
    return "".join(letter for letter in file.stem if letter.isalnum())


def _element(item: Item) -> str:
    left, top, right, bottom = item.area
    where = f"left:{left:.2f}px;top:{top:.2f}px;width:{right - left:.2f}px;height:{bottom - top:.2f}px;"
    if isinstance(item, Fill):
        ground = (
            _css(item.colour)
            if item.other is None
            else f"linear-gradient(90deg,{_css(item.colour)},{_css(item.other)})"
        )
        shadow = "box-shadow:0 1px 5px rgba(0,0,0,.25);" if item.radius else ""
        return f'<div style="{where}background:{ground};border-radius:{item.radius:.1f}px;{shadow}"></div>'
    if isinstance(item, Picture):
        shade = f"linear-gradient(rgba(0,0,0,{item.shade}),rgba(0,0,0,{item.shade}))"
        ground = f"background:{shade},url('{item.file.resolve().as_uri()}') center/cover"
        return f'<div style="{where}{ground}"></div>'
    weight = item.face.weight or 400
    type_ = f"font:{weight} {item.px:.2f}px/1.2 {_family(item.face.file)};color:{_css(item.colour)};white-space:pre;"
    place = f"display:flex;align-items:center;justify-content:{'center' if item.centred else 'flex-start'};"
    align = f"text-align:{'center' if item.centred else 'left'};"
    lines = html.escape("\n".join(item.lines))
    return f'<div style="{where}{place}"><span style="{type_}{align}">{lines}</span></div>'


def _css(colour: RGB) -> str:
    return "rgb({},{},{})".format(*colour)


def by_pillow(drafts: Iterable[Draft]) -> list[Image.Image]:
    """Each draft as Pillow draws it."""
    return [_drawn(draft) for draft in drafts]


def _drawn(draft: Draft) -> Image.Image:
    page = Image.new("RGB", draft.size, "white")
    for item in draft.items:
        if isinstance(item, Fill):
            _fill(page, item)
        elif isinstance(item, Picture):
            _paste(page, item)
        else:
            _write(page, item)
    return page


def _fill(page: Image.Image, item: Fill) -> None:
    left, top, right, bottom = _whole(item.area)
    size = (max(1, right - left), max(1, bottom - top))
    mask = Image.new("L", (size[0] * _SCALE, size[1] * _SCALE), 0)
    edge = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(edge, min(item.radius * _SCALE, min(mask.size) / 2), fill=255)
    colour = Image.new("RGB", size, item.colour)
    if item.other is not None:
        across = Image.linear_gradient("L").rotate(90).resize(size)
        colour = Image.composite(Image.new("RGB", size, item.other), colour, across)
    page.paste(colour, (left, top), mask.resize(size, Image.Resampling.LANCZOS))


def _paste(page: Image.Image, item: Picture) -> None:
    left, top, right, bottom = _whole(item.area)
    with Image.open(item.file) as photo:
        cut = ImageOps.fit(photo.convert("RGB"), (right - left, bottom - top), Image.Resampling.BICUBIC)
    page.paste(Image.blend(cut, Image.new("RGB", cut.size), item.shade), (left, top))


def _write(page: Image.Image, item: Text) -> None:
    left, top, right, bottom = item.area
    pen, font, step = ImageDraw.Draw(page), font_of(item.face, max(1, round(item.px))), item.px * 1.2
    first = (top + bottom - step * len(item.lines)) / 2
    for number, line in enumerate(item.lines):
        width = width_of(line, item.face, round(item.px))
        at = (left + (right - left - width) / 2 if item.centred else left, first + step * (number + 0.5))
        pen.text(at, line, fill=item.colour, font=font, anchor="lm")


def _whole(area: Area) -> tuple[int, int, int, int]:
    left, top, right, bottom = area
    return round(left), round(top), round(right), round(bottom)
